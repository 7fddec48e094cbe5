/** Durations counted in buckets that each are 9 % wider than the one before: constant memory, percentiles to 9 %. */
const PER_OCTAVE = 8;
/** 1 µs to 17 minutes. */
const BUCKETS = 30 * PER_OCTAVE;

export interface Percentiles {
  readonly p50Ms: number;
  readonly p99Ms: number;
  readonly p999Ms: number;
  readonly maxMs: number;
}

export class Histogram {
  readonly #counts = new Uint32Array(BUCKETS);
  #total = 0;
  #maxMs = 0;

  add(durationMs: number): void {
    const bucket = Math.floor(Math.log2(Math.max(durationMs, 0.001) * 1000) * PER_OCTAVE);
    const at = Math.min(bucket, BUCKETS - 1);
    this.#counts[at] = this.#counts[at]! + 1;
    this.#total++;
    if (durationMs > this.#maxMs) this.#maxMs = durationMs;
  }

  /** Upper edges of the buckets that hold the percentiles; zeros while empty. */
  percentiles(): Percentiles {
    const at = (share: number): number => this.#percentile(share);
    return { p50Ms: at(0.5), p99Ms: at(0.99), p999Ms: at(0.999), maxMs: this.#maxMs };
  }

  #percentile(share: number): number {
    let left = Math.ceil(share * this.#total);
    if (left === 0) return 0;
    let at = 0;
    for (; at < BUCKETS - 1; at++) {
      left -= this.#counts[at]!;
      if (left <= 0) break;
    }
    return Math.min(2 ** ((at + 1) / PER_OCTAVE) / 1000, this.#maxMs);
  }
}
