import * as tf from "@tensorflow/tfjs-core";
import { symlog } from "../nn/squash.ts";

/**
 * A state is the newest `frames` frames side by side, the newest first. A frame is an observation, symlogged, and the action
 * that led to it. Where a stream begins there is nothing older: the first frame stands for it, its action zero.
 */

/** [R, O], [R, A], isFirst [R, 1] → [R, O + A] */
export function frame(observation: tf.Tensor2D, previousAction: tf.Tensor2D, isFirst: tf.Tensor2D): tf.Tensor2D {
  return tf.concat([symlog(observation), tf.mul(previousAction, tf.sub(1, isFirst)) as tf.Tensor2D], 1);
}

/** The state after `state`: [R, frames·F], [R, F], isFirst [R, 1] → [R, frames·F] */
export function follow(state: tf.Tensor2D, newest: tf.Tensor2D, isFirst: tf.Tensor2D, frames: number): tf.Tensor2D {
  const [rows, size] = newest.shape;
  if (frames === 1) return newest;
  const older = tf.slice(state, [0, 0], [rows, (frames - 1) * size]);
  const alone = tf.concat(new Array<tf.Tensor2D>(frames - 1).fill(newest), 1);
  return tf.concat([newest, choose(isFirst, alone, older)], 1);
}

/** Every state of a batch, row t·B + b: [T·B, F], isFirst [T·B, 1], its first B rows 1 → [T·B, frames·F] */
export function states(all: tf.Tensor2D, isFirst: tf.Tensor2D, frames: number, batchSize: number): tf.Tensor2D {
  const [rows, size] = all.shape;
  const lags = [all];
  for (let lag = 1; lag < frames; lag++) {
    // The one before in time; the first B rows have none, and are told so by isFirst.
    const before = tf.slice(lags[lag - 1]!, [0, 0], [rows - batchSize, size]);
    const shifted = tf.concat([tf.slice(all, [0, 0], [batchSize, size]), before], 0);
    lags.push(choose(isFirst, all, shifted));
  }
  return tf.concat(lags, 1);
}

/** `flag ? a : b` by row; flag [R, 1] is 0 or 1. */
function choose(flag: tf.Tensor2D, a: tf.Tensor2D, b: tf.Tensor2D): tf.Tensor2D {
  return tf.add(tf.mul(a, flag), tf.mul(b, tf.sub(1, flag)));
}
