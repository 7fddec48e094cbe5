import { existsSync, readFileSync } from "node:fs";

/** A sample as a process of the robot believed it. */
export interface Believed {
  /** Of the sample, and when it was read, monotonic ms. */
  readonly timeMs: number;
  readonly readMs: number;
  /** °C; undefined where nothing measures it. */
  readonly hottest: number | undefined;
  readonly position: readonly number[];
}

/** Where the joints really were. */
export interface Truth {
  readonly timeMs: number;
  readonly position: readonly number[];
}

/** By time; none where there is no file. */
export function readBelieved(path: string): Believed[] {
  return rows(path).map(([time, read, hottest, ...position]) => ({
    timeMs: Number(time) / 1e6,
    readMs: Number(read) / 1e6,
    hottest: hottest === "-" ? undefined : Number(hottest),
    position: position.map(Number),
  }));
}

export function readTruth(path: string): Truth[] {
  return rows(path).map(([time, ...position]) => ({ timeMs: Number(time) / 1e6, position: position.map(Number) }));
}

/** How many of the positions believed no joint had about that time; both by time. */
export function wrongPositions(
  believed: readonly Believed[],
  truth: readonly Truth[],
  { positionError, windowMs }: { readonly positionError: number; readonly windowMs: number },
): number {
  let wrong = 0;
  let first = 0;
  for (const { timeMs, readMs, position } of [...believed].sort((a, b) => a.timeMs - b.timeMs)) {
    while (first < truth.length && truth[first]!.timeMs < timeMs - windowMs) first++;
    const low = position.map(() => Number.POSITIVE_INFINITY);
    const high = position.map(() => Number.NEGATIVE_INFINITY);
    for (let k = Math.max(0, first - 1); k < truth.length && truth[k]!.timeMs <= readMs + windowMs; k++) {
      for (const [i, q] of truth[k]!.position.entries()) {
        low[i] = Math.min(low[i]!, q);
        high[i] = Math.max(high[i]!, q);
      }
    }
    wrong += position.filter((q, i) => !(q >= low[i]! - positionError && q <= high[i]! + positionError)).length;
  }
  return wrong;
}

/** A line that is being written is left out. */
function rows(path: string): string[][] {
  if (!existsSync(path)) return [];
  const lines = readFileSync(path, "utf8").split("\n").slice(0, -1);
  return lines.map((line) => line.split(" "));
}
