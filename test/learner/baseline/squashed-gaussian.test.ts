import * as tf from "@tensorflow/tfjs-core";
import { beforeAll, expect, test } from "vitest";
import { draw } from "../../../learner/baseline/squashed-gaussian.ts";
import { useEager } from "../../../learner/nn/eager.ts";

beforeAll(() => useEager());

/** log π at the action of one dimension, drawn with the noise that leads there. */
function logDensity(mean: number, logStd: number, actions: readonly number[]): number[] {
  const noise = actions.map((a) => (Math.atanh(a) - mean) / Math.exp(logStd));
  const column = (values: number[]) => tf.tensor2d(values, [values.length, 1]);
  const rows = actions.length;
  const distribution = { mean: column(Array(rows).fill(mean)), logStd: column(Array(rows).fill(logStd)) };
  const { action, logProbability } = draw(distribution, column(noise));
  action.dataSync().forEach((found, i) => {
    expect(found).toBeCloseTo(actions[i]!, 4);
  });
  return [...logProbability.dataSync()];
}

test.each([
  [0, -1],
  [0.4, 0],
  [-1, -0.5],
])("the density of tanh(N(%f, exp %f)) is one in all, and its mean that of the draws", (mean, logStd) => {
  const cells = 20_000;
  const actions = Array.from({ length: cells }, (_, i) => -1 + (2 * (i + 0.5)) / cells);
  const density = logDensity(mean, logStd, actions).map(Math.exp);
  const integral = (f: (a: number) => number) =>
    density.reduce((sum, p, i) => sum + (p * f(actions[i]!) * 2) / cells, 0);
  expect(integral(() => 1)).toBeCloseTo(1, 3);
  // E tanh(u), u integrated in its own space.
  let expected = 0;
  for (let n = -8; n < 8; n += 1e-3) {
    expected += (Math.exp(-n * n * 0.5) / Math.sqrt(2 * Math.PI)) * Math.tanh(mean + Math.exp(logStd) * n) * 1e-3;
  }
  expect(integral((a) => a)).toBeCloseTo(expected, 3);
});

test("dimensions add up, and stay finite where tanh is all but ±1", () => {
  const one = logDensity(0.3, -0.2, [0.5])[0]!;
  const other = logDensity(-0.1, 0.1, [-0.7])[0]!;
  const both = draw(
    { mean: tf.tensor2d([[0.3, -0.1]]), logStd: tf.tensor2d([[-0.2, 0.1]]) },
    tf.tensor2d([[(Math.atanh(0.5) - 0.3) / Math.exp(-0.2), (Math.atanh(-0.7) + 0.1) / Math.exp(0.1)]]),
  );
  expect(both.logProbability.dataSync()[0]).toBeCloseTo(one + other, 4);
  const far = draw({ mean: tf.tensor2d([[60, -60]]), logStd: tf.tensor2d([[0, 0]]) }, tf.tensor2d([[0, 0]]));
  // −½ log 2π − 2·(log 2 − 60) a dimension
  expect(far.logProbability.dataSync()[0]).toBeCloseTo(2 * (-0.919 - 2 * (Math.LN2 - 60)), 1);
});
