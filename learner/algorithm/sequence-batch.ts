import type * as tf from "@tensorflow/tfjs-core";
import type { LearnerConfig } from "../config.ts";

/** A batch on the tape, time and batch flattened time-major: row t·B + b. */
export interface SequenceBatch {
  /** [T·B, O] */
  readonly observation: tf.Tensor2D;
  /** [T·B, A] the action that led to each observation. */
  readonly previousAction: tf.Tensor2D;
  /** [T·B] received with each observation. */
  readonly reward: tf.Tensor1D;
  /** [T·B] */
  readonly isFirst: tf.Tensor1D;
  /** [T·B] */
  readonly isTerminal: tf.Tensor1D;
}

/** Shapes of the batch one update takes, for robots that see and do so many numbers a step. */
export function sequenceShapes(
  { observation, action }: { readonly observation: number; readonly action: number },
  { batch, length }: LearnerConfig["replay"],
): Readonly<Record<keyof SequenceBatch, readonly number[]>> {
  const rows = batch * length;
  return {
    observation: [rows, observation],
    previousAction: [rows, action],
    reward: [rows],
    isFirst: [rows],
    isTerminal: [rows],
  };
}
