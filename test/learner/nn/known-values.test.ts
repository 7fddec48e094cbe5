import * as tf from "@tensorflow/tfjs-core";
import { beforeAll, expect, test } from "vitest";
import { gaussianEntropy, normalisedEntropy } from "../../../learner/agent/actor.ts";
import { discountWeights, lambdaReturns, quantiles } from "../../../learner/agent/returns.ts";
import { entropy, klDivergence, mixedProbabilities, sampleStraightThrough } from "../../../learner/nn/categorical.ts";
import { useEager } from "../../../learner/nn/eager.ts";
import { gruGates } from "../../../learner/nn/gru.ts";
import { layerNorm } from "../../../learner/nn/kernels.ts";
import { symexp, symlog } from "../../../learner/nn/squash.ts";
import { twoHot, twoHotMean } from "../../../learner/nn/two-hot.ts";

beforeAll(() => useEager());

/** Values computed with the published reference implementations of DreamerV3. */
function expectClose(found: tf.Tensor, expected: readonly number[], tolerance = 2e-5): void {
  const numbers = [...found.dataSync()];
  expect(numbers.length).toBe(expected.length);
  numbers.forEach((number, i) => {
    expect(Math.abs(number - expected[i]!), `[${i}]: ${number}`).toBeLessThan(tolerance * (1 + Math.abs(expected[i]!)));
  });
}

const BINS = { count: 255, low: -20, high: 20 };

test("symlog, and symexp its inverse", () => {
  const x = tf.tensor1d([-10, -1, 0, 0.5, 14, 1000]);
  expectClose(symlog(x), [-2.397895, -Math.LN2, 0, 0.405465, 2.70805, 6.908755]);
  expectClose(symexp(symlog(x)), [-10, -1, 0, 0.5, 14, 1000], 1e-4);
});

test.each([
  [1, 131, 0.598515, 0.401485],
  [5, 138, 0.622327, 0.377673],
  [14, 144, 0.803881, 0.196119],
  [-3, 118, 0.802969, 0.197031],
])("two-hot of %d", (y, bin, left, right) => {
  const weights = twoHot(tf.tensor1d([y]), BINS).dataSync();
  expect(weights[bin]).toBeCloseTo(left, 4);
  expect(weights[bin + 1]).toBeCloseTo(right, 4);
  expect([...weights].reduce((a, b) => a + b)).toBeCloseTo(1, 5);
});

test("two-hot of 0 is one bin, and of what lies beyond the bins the last", () => {
  const weights = twoHot(tf.tensor1d([0, 1e12, -1e12]), BINS).dataSync();
  expect([weights[127], weights[255 + 254], weights[510]]).toEqual([1, 1, 1]);
});

test("untrained two-hot heads predict 0", () => {
  expectClose(twoHotMean(tf.zeros([2, 255]), BINS), [0, 0], 1e-5);
});

test("unimix, entropy and KL", () => {
  const latents = { groups: 2, classes: 4 };
  const p = mixedProbabilities(tf.tensor2d([[2, 0, -1, 0.5, 0, 0, 0, 3]]), latents, 0.01);
  const q = mixedProbabilities(tf.tensor2d([[0.5, 1, 0, -0.5, 1, -1, 0, 0]]), latents, 0.01);
  expectClose(tf.slice(p, [0, 0], [1, 4]), [0.705499, 0.097641, 0.0375, 0.15936]);
  expectClose(klDivergence(p, q, 2), [1.601863]);
  expectClose(entropy(p, 2), [1.436573]);
});

test("a class is the number of cumulative probabilities at or below the draw, at most the last", () => {
  const p = tf.tensor2d([
    [0.25, 0.5, 0.25],
    [0.25, 0.5, 0.25],
    [0.25, 0.5, 0.25],
    [0, 0.5, 0.4999],
  ]);
  const draws = sampleStraightThrough(p, tf.tensor2d([[0], [0.25], [0.75], [0.99999]]));
  expect([...draws.dataSync()]).toEqual([1, 0, 0, 0, 1, 0, 0, 0, 1, 0, 0, 1]);
});

test("one step of the GRU", () => {
  const kernel = tf.tensor2d([
    [0.1, -0.2, 0.3, 0.4, -0.5, 0.6],
    [-0.1, 0.2, 0.1, -0.3, 0.2, 0.1],
    [0.5, 0.4, -0.3, 0.2, 0.1, -0.1],
    [0.2, -0.1, 0.3, -0.2, 0.4, 0.05],
  ]);
  const h = tf.tensor2d([[0.5, -0.25]]);
  const projected = tf.matMul(tf.concat2d([h, tf.tensor2d([[1, -0.5]])], 1), kernel) as tf.Tensor2D;
  expectClose(projected, [0.475, 0.3, -0.325, 0.575, -0.4, 0.15]);
  expectClose(gruGates(layerNorm(projected, tf.ones([6]), tf.zeros([6]), 1e-3), h), [0.401406, -0.005635]);
});

test("λ-returns and weights", () => {
  const column = (numbers: readonly number[]): tf.Tensor2D => tf.tensor2d([...numbers], [numbers.length, 1]);
  const value = column([2, 1.5, 1, 0.8]);
  const cont = column([1, 1, 0.9, 1]);
  expectClose(lambdaReturns({ reward: column([1, 0, 0.5]), value, cont }, 0.995, 0.95), [2.159124, 1.147315, 1.296]);
  expectClose(discountWeights(cont, 3, 1, 0.995), [1, 0.995, 0.8910225]);
});

test("λ-returns without a continue head are those of an episode that never ends", () => {
  const numbers = (rows: number, by: number): tf.Tensor2D =>
    tf.tensor2d(
      Float32Array.from({ length: rows * 2 }, (_, i) => Math.sin(by * i)),
      [rows, 2],
    );
  const [reward, value] = [numbers(5, 1.3), numbers(6, 0.7)];
  const endless = lambdaReturns({ reward, value, cont: undefined }, 0.97, 0.95);
  expectClose(endless, [...lambdaReturns({ reward, value, cont: tf.ones([6, 2]) }, 0.97, 0.95).dataSync()]);
  expectClose(discountWeights(undefined, 5, 2, 0.97), [...discountWeights(tf.ones([6, 2]), 5, 2, 0.97).dataSync()]);
});

test("quantiles are interpolated linearly", () => {
  const [low, high] = quantiles(tf.tensor1d([3, 0, 10, 1, 2]), [0.05, 0.95]);
  expectClose(low!, [0.2]);
  expectClose(high!, [8.6]);
});

test("Gaussian entropy, and its place between the smallest spread and 1", () => {
  expectClose(gaussianEntropy(tf.tensor2d([[0.1], [1]])), [-0.883647, 1.418939]);
  expectClose(normalisedEntropy(tf.tensor2d([[0.1, 0.316228, 1]]), 0.1), [0, 0.5, 1]);
});
