import * as tf from "@tensorflow/tfjs-core";
import { linear, mlp } from "../nn/layers.ts";
import type { Parameters } from "../nn/parameters.ts";
import type { AgentSpec } from "./spec.ts";

export interface ActorSettings {
  readonly minStd: number;
  readonly stdShift: number;
  readonly normEps: number;
}

/** A diagonal Gaussian over actions; samples may leave [−1, 1], the robot clips them. */
export interface ActionDistribution {
  /** [R, A] in (−1, 1) */
  readonly mean: tf.Tensor2D;
  /** [R, A] in (minStd, 1) */
  readonly std: tf.Tensor2D;
}

/** `tanh(o)`, `minStd + (1 − minStd)·σ(x + shift)`: [R, feature] → [R, A] each (DreamerV3's bounded normal) */
export function actor(
  weights: Parameters,
  spec: AgentSpec,
  settings: ActorSettings,
  feat: tf.Tensor2D,
): ActionDistribution {
  const { minStd, stdShift, normEps } = settings;
  const hidden = mlp(weights, "actor", spec.headLayers, feat, normEps);
  const spread = tf.sigmoid(tf.add(linear(weights, "actor/std", hidden), stdShift));
  return {
    mean: tf.tanh(linear(weights, "actor/mean", hidden)),
    std: tf.add(tf.mul(spread, 1 - minStd), minStd),
  };
}

/** `ln(σ / minStd) / ln(1 / minStd)`: 0 at the smallest spread, 1 at σ = 1 (DayDreamer). */
export function normalisedEntropy(std: tf.Tensor2D, minStd: number): tf.Tensor2D {
  return tf.mul(tf.log(tf.mul(std, 1 / minStd)), 1 / Math.log(1 / minStd));
}

/** Gaussian entropy summed over action dimensions, nats: [R, A] → [R] */
export function gaussianEntropy(std: tf.Tensor2D): tf.Tensor1D {
  return tf.sum(tf.add(tf.log(std), 0.5 * Math.log(2 * Math.PI * Math.E)), 1);
}

/** Gaussian log density summed over action dimensions: [R, A] → [R] */
export function logProbability({ mean, std }: ActionDistribution, action: tf.Tensor2D): tf.Tensor1D {
  const z = tf.div(tf.sub(action, mean), std);
  const density = tf.add(tf.add(tf.mul(tf.square(z), 0.5), tf.log(std)), 0.5 * Math.log(2 * Math.PI));
  return tf.neg(tf.sum(density, 1));
}
