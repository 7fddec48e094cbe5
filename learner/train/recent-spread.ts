/** Of the newest values, in the values' unit. */
export interface Spread {
  readonly p50: number;
  readonly p99: number;
}

/** Percentiles of the newest values of a series. */
export class RecentSpread {
  readonly #values: Float64Array;
  #count = 0;

  constructor(size: number) {
    this.#values = new Float64Array(size);
  }

  add(value: number): void {
    this.#values[this.#count++ % this.#values.length] = value;
  }

  /** Undefined before the first value. */
  get spread(): Spread | undefined {
    const size = Math.min(this.#count, this.#values.length);
    if (size === 0) return undefined;
    const sorted = this.#values.slice(0, size).sort();
    const at = (share: number): number => sorted[Math.ceil(share * size) - 1]!;
    return { p50: at(0.5), p99: at(0.99) };
  }
}
