import * as tf from "@tensorflow/tfjs-core";
import { beforeAll, describe, expect, test } from "vitest";
import { entropy, klDivergence, mixedProbabilities } from "../../../learner/nn/categorical.ts";
import { useEager } from "../../../learner/nn/eager.ts";
import { gruGates } from "../../../learner/nn/gru.ts";
import { layerNorm, silu } from "../../../learner/nn/kernels.ts";
import { symexp } from "../../../learner/nn/squash.ts";
import { crossEntropy, twoHot, twoHotMean } from "../../../learner/nn/two-hot.ts";
import { Random } from "../../../runtime/random.ts";

beforeAll(() => useEager());

interface Case {
  readonly shapes: readonly (readonly number[])[];
  readonly run: (...x: tf.Tensor[]) => tf.Tensor;
  /** Operands lie in [low, high]. */
  readonly low?: number;
  readonly high?: number;
}

const BINS = { count: 11, low: -3, high: 3 };
const one = [[3, 4]];
const two = [
  [3, 4],
  [3, 4],
];
const spread = [[3, 4], [4]];

const CASES: Readonly<Record<string, Case>> = {
  add: { shapes: spread, run: (a, b) => tf.add(a!, b!) },
  sub: { shapes: spread, run: (a, b) => tf.sub(a!, b!) },
  mul: { shapes: spread, run: (a, b) => tf.mul(a!, b!) },
  div: { shapes: spread, run: (a, b) => tf.div(a!, b!), low: 0.5, high: 2 },
  maximum: { shapes: two, run: (a, b) => tf.maximum(a!, b!) },
  minimum: { shapes: two, run: (a, b) => tf.minimum(a!, b!) },
  matMul: {
    shapes: [
      [3, 4],
      [4, 2],
    ],
    run: (a, b) => tf.matMul(a!, b!),
  },
  "matMul, first transposed": {
    shapes: [
      [4, 3],
      [4, 2],
    ],
    run: (a, b) => tf.matMul(a!, b!, true),
  },
  "matMul, second transposed": {
    shapes: [
      [3, 4],
      [2, 4],
    ],
    run: (a, b) => tf.matMul(a!, b!, false, true),
  },
  "matMul, both transposed": {
    shapes: [
      [4, 3],
      [2, 4],
    ],
    run: (a, b) => tf.matMul(a!, b!, true, true),
  },
  where: { shapes: two, run: (a, b) => tf.where(tf.greater(tf.ones([3, 4]), 0.5), a!, b!) },
  neg: { shapes: one, run: (x) => tf.neg(x!) },
  abs: { shapes: one, run: (x) => tf.abs(x!), low: 0.2, high: 2 },
  exp: { shapes: one, run: (x) => tf.exp(x!) },
  log: { shapes: one, run: (x) => tf.log(x!), low: 0.5, high: 2 },
  log1p: { shapes: one, run: (x) => tf.log1p(x!), low: 0, high: 2 },
  sqrt: { shapes: one, run: (x) => tf.sqrt(x!), low: 0.5, high: 2 },
  square: { shapes: one, run: (x) => tf.square(x!) },
  tanh: { shapes: one, run: (x) => tf.tanh(x!) },
  sigmoid: { shapes: one, run: (x) => tf.sigmoid(x!) },
  relu: { shapes: one, run: (x) => tf.relu(x!), low: 0.2, high: 2 },
  softplus: { shapes: one, run: (x) => tf.softplus(x!) },
  softmax: { shapes: one, run: (x) => tf.softmax(x!) },
  logSoftmax: { shapes: one, run: (x) => tf.logSoftmax(x!) },
  "sum over an axis": { shapes: one, run: (x) => tf.sum(x!, 0) },
  "sum, axis kept": { shapes: one, run: (x) => tf.sum(x!, 1, true) },
  mean: { shapes: one, run: (x) => tf.mean(x!, 1) },
  reshape: { shapes: one, run: (x) => tf.reshape(x!, [2, 6]) },
  expandDims: { shapes: one, run: (x) => tf.expandDims(x!, 1) },
  transpose: { shapes: [[2, 3, 4]], run: (x) => tf.transpose(x!, [2, 0, 1]) },
  slice: { shapes: one, run: (x) => tf.slice(x!, [1, 1], [2, 2]) },
  pad: {
    shapes: one,
    run: (x) =>
      tf.pad(x!, [
        [1, 0],
        [0, 2],
      ]),
  },
  concat: { shapes: two, run: (a, b) => tf.concat([a!, b!], 1) },
  layerNorm: {
    shapes: [[3, 6], [6], [6]],
    run: (x, scale, offset) => layerNorm(x as tf.Tensor2D, scale as tf.Tensor1D, offset as tf.Tensor1D, 1e-3),
  },
  silu: { shapes: one, run: (x) => silu(x!) },
  gruGates: {
    shapes: [
      [3, 6],
      [3, 2],
    ],
    run: (gates, h) => gruGates(gates as tf.Tensor2D, h as tf.Tensor2D),
  },
  symexp: { shapes: one, run: (x) => symexp(x!), low: 0.1, high: 2 },
  mixedProbabilities: {
    shapes: one,
    run: (x) => mixedProbabilities(x as tf.Tensor2D, { groups: 2, classes: 2 }, 0.01),
  },
  klDivergence: {
    shapes: two,
    run: (a, b) => klDivergence(tf.softmax(a as tf.Tensor2D), tf.softmax(b as tf.Tensor2D), 3),
  },
  entropy: { shapes: one, run: (x) => entropy(tf.softmax(x as tf.Tensor2D), 3) },
  twoHotMean: { shapes: [[3, 11]], run: (x) => twoHotMean(x as tf.Tensor2D, BINS) },
  crossEntropy: {
    shapes: [[3, 11]],
    run: (x) => crossEntropy(x as tf.Tensor2D, twoHot(tf.tensor1d([0.3, -2, 5]), BINS)),
  },
};

describe.each(Object.entries(CASES))("the gradient of %s", (_, { shapes, run, low = -1, high = 1 }) => {
  test("is what small differences give", () => {
    const random = new Random(7, "finite differences");
    const operands = shapes.map((shape) => ({
      shape: [...shape],
      data: Float32Array.from({ length: shape.reduce((a, b) => a * b) }, () => low + (high - low) * random.uniform()),
    }));
    const probe = tf.tidy(() => run(...operands.map(({ shape, data }) => tf.tensor(data, shape))));
    const direction = tf.tensor(
      Float32Array.from({ length: probe.size }, () => random.normal()),
      probe.shape,
    );
    const loss = (...x: tf.Tensor[]): tf.Scalar => tf.sum(tf.mul(run(...x), direction)) as tf.Scalar;
    const gradients = tf.grads(loss)(operands.map(({ shape, data }) => tf.tensor(data, shape)));
    const at = (moved: Float32Array, which: number): number => {
      const tensors = operands.map(({ shape, data }, i) => tf.tensor(i === which ? moved : data, shape));
      return tf.tidy(() => loss(...tensors).dataSync()[0]!);
    };
    const step = 1e-2; // float32: a smaller one drowns in rounding, a larger one in curvature
    operands.forEach(({ data }, which) => {
      const found = gradients[which]!.dataSync();
      data.forEach((value, i) => {
        const moved = (by: number): Float32Array => data.with(i, value + by);
        // Fourth-order central difference.
        const slope =
          (8 * (at(moved(step), which) - at(moved(-step), which)) -
            (at(moved(2 * step), which) - at(moved(-2 * step), which))) /
          (12 * step);
        expect(Math.abs(found[i]! - slope), `operand ${which}[${i}]`).toBeLessThan(3e-3 * (1 + Math.abs(slope)));
      });
    });
  });
});
