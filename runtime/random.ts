/** A seeded stream of numbers: the same on every machine. sfc32, after Chris Doty-Humphrey's PractRand. */
export class Random {
  #a: number;
  #b: number;
  #c: number;
  #counter: number;

  /** Streams of different names are independent for one seed. */
  constructor(seed: number, stream = "") {
    let hash = 2166136261 ^ seed;
    for (const char of stream) hash = Math.imul(hash ^ char.charCodeAt(0), 16777619);
    this.#a = hash | 0;
    this.#b = seed | 0;
    this.#c = Math.imul(hash ^ 0x9e3779b9, 0x85ebca6b) | 0;
    this.#counter = 1;
    for (let i = 0; i < 16; i++) this.#next();
  }

  #next(): number {
    const sum = (((this.#a + this.#b) | 0) + this.#counter) | 0;
    this.#counter = (this.#counter + 1) | 0;
    this.#a = this.#b ^ (this.#b >>> 9);
    this.#b = (this.#c + (this.#c << 3)) | 0;
    this.#c = ((this.#c << 21) | (this.#c >>> 11)) + sum;
    this.#c |= 0;
    return sum >>> 0;
  }

  /** In [0, 1). */
  uniform(): number {
    return this.#next() / 4294967296;
  }

  /** A whole number in [0, below). */
  integer(below: number): number {
    return Math.floor(this.uniform() * below);
  }

  /** Standard normal, by Box–Muller. */
  normal(): number {
    const radius = Math.sqrt(-2 * Math.log(1 - this.uniform()));
    return radius * Math.cos(2 * Math.PI * this.uniform());
  }

  /** Four whole numbers; `restore` continues from them. */
  state(): [number, number, number, number] {
    return [this.#a, this.#b, this.#c, this.#counter];
  }

  restore([a, b, c, counter]: readonly [number, number, number, number]): void {
    this.#a = a;
    this.#b = b;
    this.#c = c;
    this.#counter = counter;
  }
}
