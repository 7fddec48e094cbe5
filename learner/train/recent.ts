/** Percentiles, in the values' unit. */
export interface Spread {
  readonly p50: number;
  readonly p99: number;
}

/** The newest values of a series, and what they come to: undefined before the first. */
export class Recent {
  readonly #values: Float64Array;
  #count = 0;

  constructor(size: number) {
    this.#values = new Float64Array(size);
  }

  add(value: number): void {
    this.#values[this.#count++ % this.#values.length] = value;
  }

  get #size(): number {
    return Math.min(this.#count, this.#values.length);
  }

  get mean(): number | undefined {
    const size = this.#size;
    if (size === 0) return undefined;
    let sum = 0;
    for (let i = 0; i < size; i++) sum += this.#values[i]!;
    return sum / size;
  }

  get spread(): Spread | undefined {
    const size = this.#size;
    if (size === 0) return undefined;
    const sorted = this.#values.slice(0, size).sort();
    const at = (share: number): number => sorted[Math.ceil(share * size) - 1]!;
    return { p50: at(0.5), p99: at(0.99) };
  }
}
