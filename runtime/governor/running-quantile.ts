/** How many numbers back it looks, and after how many it looks again. */
const MEMORY = 4096;
const EVERY = 128;

/** A quantile of the newest numbers of a stream, a little behind. */
export class RunningQuantile {
  readonly #share: number;
  readonly #numbers = new Float64Array(MEMORY);
  readonly #sorted = new Float64Array(MEMORY);
  #count = 0;
  #value = 0;

  /** `share` of the numbers lie below it. */
  constructor(share: number) {
    this.#share = share;
  }

  /** How many numbers there were. */
  get count(): number {
    return this.#count;
  }

  /** 0 before any number. */
  get value(): number {
    return this.#value;
  }

  add(x: number): void {
    this.#numbers[this.#count++ % MEMORY] = x;
    if (this.#count % EVERY !== 0 && this.#count > EVERY) return;
    const known = Math.min(this.#count, MEMORY);
    this.#sorted.set(this.#numbers);
    const sorted = this.#sorted.subarray(0, known).sort();
    this.#value = sorted[Math.min(known - 1, Math.floor(this.#share * known))]!;
  }
}
