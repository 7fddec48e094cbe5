import type { Point } from "../learning-curve.ts";
import type { Session } from "./made-by.ts";

/** Steps in the mean that is compared; in a shorter run it is of all steps, and neither best nor passing is told. */
const WINDOW = 6000;
/** Steps at the end over which the share of upright ones is taken. */
const UPRIGHT_WINDOW = 12_000;

/** What one run came to. */
export interface RunNumbers {
  readonly steps: number;
  /** Reward per step, mean of the last 6000 steps. */
  readonly reward: number;
  /** Best mean of 6000 steps; undefined before there were so many. */
  readonly best: number | undefined;
  /** For each threshold the first step at which the mean of 6000 steps had reached it. */
  readonly passedAt: readonly (number | undefined)[];
  /** Share of the last 12,000 steps; undefined where the metrics do not have it. */
  readonly upright: number | undefined;
  /** Wall time while it was running. */
  readonly wallMinutes: number;
}

/**
 * Points whose steps rise, up to step `most`. After a crash a run writes some steps again, and may take some more than
 * it was asked for.
 */
export function cleaned(points: readonly Point[], most: number): readonly Point[] {
  const kept: Point[] = [];
  for (const point of points) {
    while (kept.length > 0 && kept.at(-1)!.steps > point.steps) kept.pop();
    if (point.steps <= most) kept.push(point);
  }
  return kept;
}

/** `points` as `cleaned` gives them; undefined when there are none. */
export function runNumbers(
  points: readonly Point[],
  sessions: readonly Session[],
  thresholds: readonly number[],
): RunNumbers | undefined {
  const last = points.at(-1);
  if (last === undefined) return undefined;
  const whole = points.filter(({ steps }) => steps >= WINDOW);
  return {
    steps: last.steps,
    reward: last.reward6000,
    best: whole.length === 0 ? undefined : Math.max(...whole.map(({ reward6000 }) => reward6000)),
    passedAt: thresholds.map((threshold) => whole.find(({ reward6000 }) => reward6000 >= threshold)?.steps),
    upright: uprightShare(points, last.steps - UPRIGHT_WINDOW),
    wallMinutes: wallMinutes(points, sessions),
  };
}

/** Share of upright steps after step `from`; a line that reaches over it counts with the steps behind it. */
function uprightShare(points: readonly Point[], from: number): number | undefined {
  let steps = 0;
  let upright = 0;
  points.forEach((point, i) => {
    const weight = point.steps - Math.max(from, points[i - 1]?.steps ?? 0);
    if (weight <= 0 || point.upright === undefined) return;
    steps += weight;
    upright += weight * point.upright;
  });
  return steps > 0 ? upright / steps : undefined;
}

/** From each start to the last line that it wrote; without a record of the starts, from the first line to the last. */
function wallMinutes(points: readonly Point[], sessions: readonly Session[]): number {
  const times = points.map(({ timeMs }) => timeMs);
  const starts = sessions.length > 0 ? sessions.map(({ began }) => Date.parse(began)) : [times[0]!];
  const ms = starts.map((start, i) => {
    const lines = times.filter((time) => time >= start && time < (starts[i + 1] ?? Number.POSITIVE_INFINITY));
    return Math.max(start, ...lines) - start;
  });
  return ms.reduce((a, b) => a + b) / 60_000;
}
