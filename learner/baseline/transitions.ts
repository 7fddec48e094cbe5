import * as tf from "@tensorflow/tfjs-core";
import type { SequenceBatch } from "../algorithm/sequence-batch.ts";
import { frame, states } from "./history.ts";

/** What an agent did and what came of it; N = (T − 1)·B. */
export interface Transitions {
  /** [N, S] before, and after. */
  readonly state: tf.Tensor2D;
  readonly next: tf.Tensor2D;
  /** [N, A] */
  readonly action: tf.Tensor2D;
  /** [N] */
  readonly reward: tf.Tensor1D;
  /** [N] 1 where nothing comes after `next`. */
  readonly terminal: tf.Tensor1D;
  /** [N] 0 where the stream broke in between: no transition, though there is a row. */
  readonly counts: tf.Tensor1D;
}

/** Every pair of neighbours (t, t + 1) of every sequence. */
export function transitionsOf(batch: SequenceBatch, frames: number, batchSize: number): Transitions {
  const rows = batch.reward.shape[0];
  const count = rows - batchSize;
  const early = (x: tf.Tensor2D): tf.Tensor2D => tf.slice(x, [0, 0], [count, x.shape[1]]);
  const late = (x: tf.Tensor2D): tf.Tensor2D => tf.slice(x, [batchSize, 0], [count, x.shape[1]]);
  const arriving = (x: tf.Tensor1D): tf.Tensor1D => tf.slice(x, [batchSize], [count]);
  const isFirst = tf.reshape(batch.isFirst, [rows, 1]) as tf.Tensor2D;
  const all = states(frame(batch.observation, batch.previousAction, isFirst), isFirst, frames, batchSize);
  return {
    state: early(all),
    next: late(all),
    action: late(batch.previousAction),
    reward: arriving(batch.reward),
    terminal: arriving(batch.isTerminal),
    counts: tf.sub(1, arriving(batch.isFirst)),
  };
}
