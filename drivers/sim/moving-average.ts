/** Mean of the last `size` vectors of `width` numbers; zeros count until it is full. */
export class MovingAverage {
  readonly #ring: Float64Array;
  readonly #size: number;
  readonly #width: number;
  /** Where the oldest vector lies, and the next one goes. */
  #at = 0;

  constructor(size: number, width: number) {
    this.#ring = new Float64Array(size * width);
    this.#size = size;
    this.#width = width;
  }

  /** Takes `width` numbers of `from`, starting at `offset`. */
  push(from: Float64Array, offset: number): void {
    for (let i = 0; i < this.#width; i++) this.#ring[this.#at + i] = from[offset + i]!;
    this.#at = (this.#at + this.#width) % this.#ring.length;
  }

  /** Sums anew each time, oldest first: nothing drifts, and equal contents give equal bits. */
  mean(out: Float64Array): void {
    const ring = this.#ring;
    for (let i = 0; i < this.#width; i++) {
      let sum = 0;
      for (let at = this.#at + i; at < ring.length; at += this.#width) sum += ring[at]!;
      for (let at = i; at < this.#at; at += this.#width) sum += ring[at]!;
      out[i] = sum / this.#size;
    }
  }

  /** What it holds, oldest first, copied. */
  state(): Float64Array {
    const held = new Float64Array(this.#ring.length);
    held.set(this.#ring.subarray(this.#at));
    held.set(this.#ring.subarray(0, this.#at), this.#ring.length - this.#at);
    return held;
  }

  /** Throws when `held` is not as long as what `state` gives. */
  restore(held: Float64Array): void {
    if (held.length !== this.#ring.length) {
      throw new Error(`moving average: expected ${this.#ring.length} numbers, found ${held.length}`);
    }
    this.#ring.set(held);
    this.#at = 0;
  }
}
