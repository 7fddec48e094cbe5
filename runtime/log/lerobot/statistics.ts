/** What stats.json says of a feature. Source: lerobot 0.4.4, datasets/compute_stats.py. */

const QUANTILES = { q01: 0.01, q10: 0.1, q50: 0.5, q90: 0.9, q99: 0.99 } as const;

/** By name, each as nested as the feature says; `count` is [rows]. */
export type Statistics = Readonly<Record<string, unknown>>;

/** One dimension's. */
export interface Summary {
  readonly min: number;
  readonly max: number;
  readonly mean: number;
  readonly std: number;
  readonly q01: number;
  readonly q10: number;
  readonly q50: number;
  readonly q90: number;
  readonly q99: number;
}

/** A feature's dimensions, and how many rows they are of. */
export interface FeatureSummary {
  readonly count: number;
  readonly dimensions: readonly Summary[];
}

/** Exact, quantiles interpolated linearly. Of at least one value. */
export function summarise(values: ArrayLike<number>): Summary {
  const sorted = Float64Array.from(values).sort();
  const mean = sorted.reduce((sum, value) => sum + value, 0) / sorted.length;
  const variance = sorted.reduce((sum, value) => sum + (value - mean) ** 2, 0) / sorted.length;
  const at = (share: number): number => {
    const place = share * (sorted.length - 1);
    const [low, high] = [sorted[Math.floor(place)]!, sorted[Math.ceil(place)]!];
    return low + (high - low) * (place - Math.floor(place));
  };
  const quantiles = Object.fromEntries(Object.entries(QUANTILES).map(([name, share]) => [name, at(share)]));
  const [min, max] = [sorted[0]!, sorted.at(-1)!];
  return { min, max, mean, std: Math.sqrt(variance), ...quantiles } as Summary;
}

/** The same of one channel of pictures, from how often each value occurs; in shares of 255. */
export function summariseHistogram(counts: ArrayLike<number>): Summary {
  let total = 0;
  let sum = 0;
  let squares = 0;
  for (let value = 0; value < counts.length; value++) {
    total += counts[value]!;
    sum += value * counts[value]!;
    squares += value ** 2 * counts[value]!;
  }
  const at = (share: number): number => {
    let seen = 0;
    for (let value = 0; value < counts.length; value++) {
      seen += counts[value]!;
      if (seen > share * (total - 1)) return value / 255;
    }
    return 1;
  };
  const mean = sum / total;
  const std = Math.sqrt(Math.max(0, squares / total - mean ** 2)) / 255;
  const quantiles = Object.fromEntries(Object.entries(QUANTILES).map(([name, share]) => [name, at(share)]));
  return { min: at(0), max: at(1), mean: mean / 255, std, ...quantiles } as Summary;
}

/** Of two parts together. As LeRobot does it, quantiles are the mean of the parts', weighted: no more than an estimate. */
export function aggregate(a: FeatureSummary, b: FeatureSummary): FeatureSummary {
  const count = a.count + b.count;
  const [shareA, shareB] = [a.count / count, b.count / count];
  const dimensions = a.dimensions.map((one, i): Summary => {
    const other = b.dimensions[i]!;
    const mixed = (name: keyof Summary): number => one[name] * shareA + other[name] * shareB;
    const mean = mixed("mean");
    const variance =
      (one.std ** 2 + (one.mean - mean) ** 2) * shareA + (other.std ** 2 + (other.mean - mean) ** 2) * shareB;
    const quantiles = Object.fromEntries(Object.keys(QUANTILES).map((name) => [name, mixed(name as keyof Summary)]));
    const [min, max] = [Math.min(one.min, other.min), Math.max(one.max, other.max)];
    return { min, max, mean, std: Math.sqrt(variance), ...quantiles } as Summary;
  });
  return { count, dimensions };
}

/** As LeRobot writes it: pictures' channels as [3][1][1]. */
export function statisticsOf({ count, dimensions }: FeatureSummary, isPicture: boolean): Statistics {
  const names = ["min", "max", "mean", "std", ...Object.keys(QUANTILES)] as (keyof Summary)[];
  const nested = names.map((name): [string, unknown] => [
    name,
    dimensions.map((each) => (isPicture ? [[each[name]]] : each[name])),
  ]);
  return { ...Object.fromEntries(nested), count: [count] };
}
