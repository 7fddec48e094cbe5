import { describe, expect, test } from "vitest";
import type { Session } from "../../../runtime/cli/experiment/made-by.ts";
import { meanCurve } from "../../../runtime/cli/experiment/mean-curve.ts";
import { cleaned, runNumbers } from "../../../runtime/cli/experiment/numbers.ts";
import type { Point } from "../../../runtime/cli/learning-curve.ts";

const point = (steps: number, reward6000: number, more: Partial<Point> = {}): Point => ({
  steps,
  updates: 0,
  reward1000: reward6000,
  reward6000,
  timeMs: 0,
  upright: undefined,
  ...more,
});
const session = (began: string) => ({ began }) as Session;
const MINUTE = 60_000;

describe("a run's numbers", () => {
  test("are of its last, best and first passing mean of 6000 steps; a mean of fewer steps is no such mean", () => {
    const points = [point(5000, 12), point(6000, 6), point(8000, 7), point(9000, 9), point(10_000, 8)];
    expect(runNumbers(points, [], [6.5, 9, 9.5])).toMatchObject({
      steps: 10_000,
      reward: 8,
      best: 9,
      passedAt: [8000, 9000, undefined],
    });
    expect(runNumbers(points.slice(0, 1), [], [6])).toMatchObject({
      reward: 12,
      best: undefined,
      passedAt: [undefined],
    });
    expect(runNumbers([], [], [])).toBeUndefined();
  });

  test("count upright steps of the last 12,000, each line with the steps it is of", () => {
    const points = [
      point(4000, 5, { upright: 0 }),
      point(8000, 5, { upright: 0.5 }), // of 4000 steps the last 2000 count
      point(8000, 5, { upright: 1 }), // of no steps
      point(14_000, 5, { upright: 0.9 }),
      point(18_000, 5, { upright: 1 }),
    ];
    expect(runNumbers(points, [], [])!.upright).toBeCloseTo((6000 * 0.9 + 4000 * 1 + 2000 * 0.5) / 12_000, 12);
    expect(runNumbers([point(100, 1)], [], [])!.upright).toBeUndefined();
  });

  test("count wall time while it ran, not the pause between two starts", () => {
    const points = [1, 10, 101, 104].map((minute) => point(minute, 1, { timeMs: minute * MINUTE }));
    const sessions = [session(new Date(0).toISOString()), session(new Date(100 * MINUTE).toISOString())];
    expect(runNumbers(points, sessions, [])!.wallMinutes).toBe(14);
    expect(runNumbers(points, [], [])!.wallMinutes).toBe(103);
    const failed = [...sessions, session(new Date(200 * MINUTE).toISOString())];
    expect(runNumbers(points, failed, [])!.wallMinutes).toBe(14);
  });

  test("are of steps that rise, none beyond what was asked for", () => {
    const steps = [100, 200, 300, 250, 250, 400, 500];
    expect(
      cleaned(
        steps.map((each) => point(each, 1)),
        450,
      ).map((each) => each.steps),
    ).toEqual([100, 200, 250, 250, 400]);
  });
});

describe("a line's curve", () => {
  test("is mean and range where runs have points, between them on a straight line, and of those that got so far", () => {
    expect(
      meanCurve([
        [point(0, 0), point(10, 5), point(10, 10), point(30, 30)],
        [point(10, 20), point(20, 0)],
      ]),
    ).toEqual([
      { steps: 0, seeds: 1, mean: 0, low: 0, high: 0 },
      { steps: 10, seeds: 2, mean: 15, low: 10, high: 20 },
      { steps: 20, seeds: 2, mean: 10, low: 0, high: 20 },
      { steps: 30, seeds: 1, mean: 30, low: 30, high: 30 },
    ]);
    expect(meanCurve([[], []])).toEqual([]);
  });
});
