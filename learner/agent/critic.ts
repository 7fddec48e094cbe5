import * as tf from "@tensorflow/tfjs-core";
import { gradientsOf } from "../nn/gradients-of.ts";
import type { Parameters } from "../nn/parameters.ts";
import { crossEntropy, twoHot, twoHotMean } from "../nn/two-hot.ts";
import { criticLogits, type Imagined, inChunks } from "./imagine.ts";
import { firstSteps } from "./returns.ts";
import type { AgentSpec } from "./spec.ts";

export interface CriticPass {
  readonly value: tf.Scalar;
  readonly gradients: Parameters;
  /** [H, N] */
  readonly slowValue: tf.Tensor2D;
}

/** Two-hot regression on the returns [H, N], weighted by `weight` [H, N], held near a slow copy of itself (DreamerV3, eq. 10). */
export function criticPass(
  weights: Parameters,
  slowCritic: Parameters,
  names: readonly string[],
  spec: AgentSpec,
  normEps: number,
  imagined: Imagined,
  returns: tf.Tensor2D,
  weight: tf.Tensor2D,
): CriticPass {
  const [horizon, count] = returns.shape;
  const chunks = inChunks(imagined.feats);
  const slow = tf.concat(
    chunks.map((feat) => twoHotMean(criticLogits(slowCritic, spec, normEps, feat), spec.bins)),
  ) as tf.Tensor1D;
  // The last step has a value but no return: it goes along at weight 0, so the pass is the one that gave the values.
  const none = tf.zeros([1, count]) as tf.Tensor2D;
  const everyStep = (x: tf.Tensor2D): tf.Tensor1D => tf.reshape(tf.concat2d([x, none], 0), [(horizon + 1) * count]);
  const [goals, stepWeights] = [everyStep(returns), everyStep(weight)];
  const { value, gradients } = gradientsOf(names, weights, () => {
    let at = 0;
    const parts = chunks.map((feat) => {
      const size = feat.shape[0];
      const part = (x: tf.Tensor1D): tf.Tensor1D => tf.slice(x, [at], [size]);
      // Cross entropy is linear in its target: both targets are added first.
      const target = tf.add(twoHot(part(goals), spec.bins), twoHot(part(slow), spec.bins)) as tf.Tensor2D;
      const losses = tf.mul(part(stepWeights), crossEntropy(criticLogits(weights, spec, normEps, feat), target));
      at += size;
      return tf.sum(losses);
    });
    const sum = parts.reduce((total, part) => tf.add(total, part));
    return tf.mul(sum, 1 / (horizon * count)) as tf.Scalar;
  });
  return { value, gradients, slowValue: firstSteps(tf.reshape(slow, [horizon + 1, count])) };
}
