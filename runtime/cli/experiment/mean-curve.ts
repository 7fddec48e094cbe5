import type { Point } from "../learning-curve.ts";

/** The seeds of a line at one step: reward per step, mean of 1000 steps. */
export interface MeanPoint {
  readonly steps: number;
  /** Runs that have got so far. */
  readonly seeds: number;
  readonly mean: number;
  readonly low: number;
  readonly high: number;
}

/**
 * Mean and range over the runs of a line, at every step at which one of them has a point. Between two points a run counts
 * with the straight line between them, after its last not at all.
 */
export function meanCurve(runs: readonly (readonly Point[])[]): readonly MeanPoint[] {
  const curves = runs.map(lastOfEachStep);
  const steps = [...new Set(curves.flatMap((points) => points.map((point) => point.steps)))].sort((a, b) => a - b);
  const next = curves.map(() => 0);
  return steps.map((step) => {
    const rewards = curves.flatMap((points, run) => {
      while (next[run]! < points.length && points[next[run]!]!.steps < step) next[run]!++;
      const reward = between(points[next[run]! - 1], points[next[run]!], step);
      return reward === undefined ? [] : [reward];
    });
    const mean = rewards.reduce((a, b) => a + b) / rewards.length;
    return { steps: step, seeds: rewards.length, mean, low: Math.min(...rewards), high: Math.max(...rewards) };
  });
}

/** While a run learns from what it explored, it writes many lines at one step. */
function lastOfEachStep(points: readonly Point[]): readonly Point[] {
  return points.filter(({ steps }, i) => steps !== points[i + 1]?.steps);
}

/** `after` lies at `step` or later, `before` before it. */
function between(before: Point | undefined, after: Point | undefined, step: number): number | undefined {
  if (after?.steps === step) return after.reward1000;
  if (before === undefined || after === undefined) return undefined;
  const share = (step - before.steps) / (after.steps - before.steps);
  return before.reward1000 + share * (after.reward1000 - before.reward1000);
}
