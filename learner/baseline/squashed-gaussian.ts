import * as tf from "@tensorflow/tfjs-core";

/** `a = tanh(u)`, u a diagonal Gaussian: [R, A] each. */
export interface SquashedGaussian {
  readonly mean: tf.Tensor2D;
  readonly logStd: tf.Tensor2D;
}

export interface Draw {
  /** [R, A] in (−1, 1) */
  readonly action: tf.Tensor2D;
  /** log π(action), summed over action dimensions, nats: [R] */
  readonly logProbability: tf.Tensor1D;
}

/**
 * `u = mean + std·noise`, `log π(a) = log N(u) − Σ log(1 − tanh²u)` (Haarnoja et al. 2018b, appendix C), the last term as
 * `2·(log 2 − u − softplus(−2u))`, which stays finite where tanh reaches ±1. Gradients pass through the draw.
 */
export function draw({ mean, logStd }: SquashedGaussian, noise: tf.Tensor2D): Draw {
  const u = tf.add(mean, tf.mul(tf.exp(logStd), noise)) as tf.Tensor2D;
  const gaussian = tf.sub(tf.mul(tf.square(noise), -0.5), tf.add(logStd, 0.5 * Math.log(2 * Math.PI)));
  const slope = tf.mul(tf.sub(Math.LN2, tf.add(u, tf.softplus(tf.mul(u, -2)))), 2);
  return { action: tf.tanh(u), logProbability: tf.sum(tf.sub(gaussian, slope), 1) };
}
