import * as tf from "@tensorflow/tfjs-core";
import { constant } from "./constant.ts";

/** Shape of a latent: `groups` independent draws of one of `classes`. */
export interface Latents {
  readonly groups: number;
  readonly classes: number;
}

/** `(1 − unimix)·softmax + unimix / classes`, a group a row: [R, G·C] → [R·G, C]. No class is ever impossible. */
export function mixedProbabilities(logits: tf.Tensor2D, { groups, classes }: Latents, unimix: number): tf.Tensor2D {
  const rows = logits.shape[0] * groups;
  const probabilities = tf.softmax(tf.reshape(logits, [rows, classes]));
  return tf.add(tf.mul(probabilities, 1 - unimix), unimix / classes) as tf.Tensor2D;
}

/**
 * One class a row by inverse CDF, as one-hot: the number of cumulative probabilities ≤ u, at most the last class.
 * The gradient passes straight to the probabilities. [R, C], u [R, 1] uniform → [R, C]
 */
export function sampleStraightThrough(probabilities: tf.Tensor2D, uniform: tf.Tensor2D): tf.Tensor2D {
  const run = tf.customGrad((...args) => ({
    value: sampleOneHot(args[0] as tf.Tensor2D, uniform),
    gradFunc: (dy: tf.Tensor) => dy,
  }));
  return run(probabilities) as tf.Tensor2D;
}

/** The draw alone; both steps are products with constant triangles, so it costs four nodes. */
function sampleOneHot(probabilities: tf.Tensor2D, uniform: tf.Tensor2D): tf.Tensor2D {
  const classes = probabilities.shape[1];
  const triangle = new Float32Array(classes * classes);
  const difference = new Float32Array(classes * classes);
  for (let row = 0; row < classes; row++) {
    for (let column = row; column < classes; column++) triangle[row * classes + column] = 1;
    if (row === classes - 1) continue;
    difference[row * classes + row] = -1;
    difference[row * classes + row + 1] = 1;
  }
  const first = new Float32Array(classes);
  first[0] = 1;
  const cumulative = tf.matMul(probabilities, constant(triangle, [classes, classes]));
  const passed = tf.cast(tf.lessEqual(cumulative, uniform), "float32") as tf.Tensor2D;
  return tf.add(tf.matMul(passed, constant(difference, [classes, classes])), constant(first, [classes]));
}

/** KL(p ‖ q) summed over classes and groups: two [R·G, C] → [R] */
export function klDivergence(p: tf.Tensor2D, q: tf.Tensor2D, groups: number): tf.Tensor1D {
  const terms = tf.mul(p, tf.sub(tf.log(p), tf.log(q)));
  return tf.sum(tf.reshape(terms, [terms.shape[0] / groups, groups * terms.shape[1]!]), 1);
}

/** Entropy summed over classes and groups: [R·G, C] → [R] */
export function entropy(p: tf.Tensor2D, groups: number): tf.Tensor1D {
  const terms = tf.mul(p, tf.log(p));
  return tf.neg(tf.sum(tf.reshape(terms, [terms.shape[0] / groups, groups * terms.shape[1]!]), 1));
}
