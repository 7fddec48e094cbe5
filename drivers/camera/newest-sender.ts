/** Hands over one thing at a time, the newest: what waited behind another is left out, and counted. */
export class NewestSender<T> {
  readonly #send: (thing: T, done: () => void) => void;
  #busy = false;
  #waiting: T | undefined;
  #superseded = 0;

  /** `done` is called when the next may be sent. */
  constructor(send: (thing: T, done: () => void) => void) {
    this.#send = send;
  }

  get superseded(): number {
    return this.#superseded;
  }

  offer(thing: T): void {
    if (this.#busy) {
      if (this.#waiting !== undefined) this.#superseded++;
      this.#waiting = thing;
    } else this.#pass(thing);
  }

  #pass(thing: T): void {
    this.#busy = true;
    this.#send(thing, () => {
      this.#busy = false;
      const next = this.#waiting;
      this.#waiting = undefined;
      if (next !== undefined) this.#pass(next);
    });
  }
}
