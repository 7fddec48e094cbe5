import * as tf from "@tensorflow/tfjs-core";
import type { Parameters } from "../nn/parameters.ts";

/** The terms of Haarnoja et al. 2018b ("Soft Actor-Critic Algorithms and Applications"), by their equation. */

/** `y = r + γ·(1 − d)·(min(Q̄₁, Q̄₂) − α·log π)` at the next state and a fresh action there (eq. 5 and 6): [R] */
export function softTarget(
  reward: tf.Tensor1D,
  terminal: tf.Tensor1D,
  [q1, q2]: readonly [tf.Tensor1D, tf.Tensor1D],
  logProbability: tf.Tensor1D,
  temperature: tf.Scalar,
  gamma: number,
): tf.Tensor1D {
  const soft = tf.sub(tf.minimum(q1, q2), tf.mul(logProbability, temperature));
  return tf.add(reward, tf.mul(tf.mul(tf.sub(1, terminal), gamma), soft));
}

/** `½·(Q₁ − y)² + ½·(Q₂ − y)²`, mean over the rows where `counts` is 1 (eq. 5) */
export function criticLoss(
  [q1, q2]: readonly [tf.Tensor1D, tf.Tensor1D],
  target: tf.Tensor1D,
  counts: tf.Tensor1D,
): tf.Scalar {
  const both = tf.add(tf.square(tf.sub(q1, target)), tf.square(tf.sub(q2, target)));
  return tf.div(tf.mul(tf.sum(tf.mul(both, counts)), 0.5), tf.maximum(tf.sum(counts), 1)) as tf.Scalar;
}

/** `mean(α·log π − min(Q₁, Q₂))` (eq. 9) */
export function actorLoss(
  [q1, q2]: readonly [tf.Tensor1D, tf.Tensor1D],
  logProbability: tf.Tensor1D,
  temperature: tf.Scalar,
): tf.Scalar {
  return tf.mean(tf.sub(tf.mul(logProbability, temperature), tf.minimum(q1, q2))) as tf.Scalar;
}

/** Gradient of `−log α·mean(log π + H̄)` by log α: too little entropy makes it negative, and α larger (eq. 18). */
export function temperatureGradient(logProbability: tf.Tensor1D, targetEntropy: number): tf.Scalar {
  return tf.neg(tf.add(tf.mean(logProbability), targetEntropy)) as tf.Scalar;
}

/** `target ← target + τ·(weight − target)`, for every weight that has a target. */
export function polyak(targets: Parameters, weights: Parameters, tau: number): Parameters {
  return Object.fromEntries(
    Object.entries(targets).map(([name, old]) => [name, tf.add(tf.mul(old, 1 - tau), tf.mul(weights[name]!, tau))]),
  );
}
