import * as tf from "@tensorflow/tfjs-core";
import { constant } from "./constant.ts";
import { symexp, symlog } from "./squash.ts";

/** A scalar as a categorical over `bins` values, uniform in symlog space from `low` to `high`. */
export interface Bins {
  readonly count: number;
  readonly low: number;
  readonly high: number;
}

export const BIN_RANGE = { low: -20, high: 20 } as const;

/** `symexp(Σ p·b)`: logits [R, bins] → [R] */
export function twoHotMean(logits: tf.Tensor2D, bins: Bins): tf.Tensor1D {
  const step = (bins.high - bins.low) / (bins.count - 1);
  const centres = Float32Array.from({ length: bins.count }, (_, i) => bins.low + i * step);
  const mean = tf.matMul(tf.softmax(logits), constant(centres, [bins.count, 1]));
  return symexp(tf.reshape(mean, [logits.shape[0]]) as tf.Tensor1D);
}

/** Weights of the two bins around `symlog(y)`: [R] → [R, bins]. Carries no gradient. */
export function twoHot(y: tf.Tensor1D, bins: Bins): tf.Tensor2D {
  const step = (bins.high - bins.low) / (bins.count - 1);
  const places = Float32Array.from({ length: bins.count }, (_, i) => i);
  const place = tf.minimum(tf.maximum(tf.mul(tf.sub(symlog(y), bins.low), 1 / step), 0), bins.count - 1);
  const distance = tf.abs(tf.sub(tf.reshape(place, [y.shape[0], 1]), constant(places, [1, bins.count])));
  return tf.relu(tf.sub(1, distance)) as tf.Tensor2D;
}

/** Cross entropy of the logits against two-hot targets: [R, bins], [R, bins] → [R] */
export function crossEntropy(logits: tf.Tensor2D, target: tf.Tensor2D): tf.Tensor1D {
  // The kernel itself: tf.logSoftmax spells it out in five operations.
  const logP = tf.engine().runKernel(tf.LogSoftmax, { logits } as unknown as tf.NamedTensorMap) as tf.Tensor2D;
  return tf.neg(tf.sum(tf.mul(target, logP), 1));
}
