/** Finds a robot's joints in the messages of a machine that names and orders them its own way. */
export class JointOrder {
  readonly #wanted: readonly string[];
  #names: readonly string[] = [];
  /** Where each wanted joint is in the message. */
  #places: Int32Array;
  /** Of the last message, named nowhere here: a hand's fingers, a wheel. */
  unknown: readonly string[] = [];

  /** Their names in the messages, in our order. */
  constructor(wanted: readonly string[]) {
    this.#wanted = wanted;
    this.#places = new Int32Array(wanted.length);
  }

  /** Throws on a joint that is missing or named twice, with all that were found. The array is reused. */
  find(names: readonly string[]): Int32Array {
    if (!same(names, this.#names)) {
      this.#places = this.#match(names);
      this.unknown = names.filter((name) => !this.#wanted.includes(name));
      this.#names = [...names];
    }
    return this.#places;
  }

  #match(names: readonly string[]): Int32Array {
    const twice = names.filter((name, i) => names.indexOf(name) !== i && this.#wanted.includes(name));
    if (twice.length > 0) throw new Error(`expected each joint once, found ${twice.join(", ")} more than once`);
    const missing = this.#wanted.filter((name) => !names.includes(name));
    if (missing.length > 0)
      throw new Error(`expected the joints ${missing.join(", ")}, found only ${names.join(", ")}`);
    return Int32Array.from(this.#wanted, (name) => names.indexOf(name));
  }
}

function same(a: readonly string[], b: readonly string[]): boolean {
  return a.length === b.length && a.every((name, i) => name === b[i]);
}
