import { readFileSync } from "node:fs";
import { resolve } from "node:path";
import { expect, test } from "vitest";
import { PictureHistogram } from "../../../../runtime/log/lerobot/histogram.ts";
import { aggregate, statisticsOf, summarise } from "../../../../runtime/log/lerobot/statistics.ts";

test("the numbers of numpy: std of the whole, quantiles between two values", () => {
  // np.quantile([3, 1, 2, 10], [.01, .1, .5, .9, .99]), np.std
  const found = summarise([3, 1, 2, 10]);
  expect(found).toMatchObject({ min: 1, max: 10, mean: 4, q50: 2.5 });
  expect(found.std).toBeCloseTo(3.5355339, 6);
  expect([found.q01, found.q10, found.q90, found.q99].map((value) => Number(value.toFixed(4)))).toEqual([
    1.03, 1.3, 7.9, 9.79,
  ]);
});

test("parts together have the mean and spread of the whole, and LeRobot's estimate of its quantiles", () => {
  const of = (values: readonly number[]) => ({ count: values.length, dimensions: [summarise(values)] });
  const [a, b] = [
    [1, 2, 3],
    [10, 20],
  ] as const;
  const both = aggregate(of(a), of(b)).dimensions[0]!;
  const whole = summarise([...a, ...b]);
  for (const name of ["min", "max", "mean", "std"] as const) expect(both[name]).toBeCloseTo(whole[name], 9);
  expect(both.q50).toBeCloseTo((3 * 2 + 2 * 15) / 5, 9);
});

test("pictures' are by channel, in shares of 255, nested as LeRobot checks", () => {
  const histogram = new PictureHistogram();
  histogram.add(Uint8Array.of(0, 255, 51, 0, 255, 102));
  const { count, min, mean, std } = statisticsOf(histogram.summary(), true) as Record<string, unknown>;
  expect(count).toEqual([1]);
  expect(min).toEqual([[[0]], [[1]], [[0.2]]]);
  expect((mean as number[][][])[2]![0]![0]).toBeCloseTo(0.3, 9);
  expect((std as number[][][])[2]![0]![0]).toBeCloseTo(0.1, 9);
});

test("of what LeRobot wrote they are LeRobot's, quantiles aside, which it estimates", () => {
  const golden = resolve(import.meta.dirname, "../../../golden/lerobot");
  const episodes = JSON.parse(readFileSync(`${golden}.json`, "utf8")) as Record<string, number[]>[][];
  const stats = JSON.parse(readFileSync(`${golden}/meta/stats.json`, "utf8"));
  const [first, second] = episodes.map((frames) => ({
    count: frames.length,
    dimensions: [0, 1].map((i) => summarise(frames.map((frame) => frame.action![i]!))),
  }));
  const ours = statisticsOf(aggregate(first!, second!), false) as Record<string, number[]>;
  expect(Object.keys(ours).sort()).toEqual(Object.keys(stats.action).sort());
  expect(ours.count).toEqual(stats.action.count);
  for (const name of ["min", "max", "mean", "std"]) {
    for (const i of [0, 1]) expect(ours[name]![i]).toBeCloseTo(stats.action[name][i], 4);
  }
});
