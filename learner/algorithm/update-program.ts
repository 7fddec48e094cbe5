import type * as tf from "@tensorflow/tfjs-core";
import { type Float32Spec, float32Inputs } from "../compile/float32.ts";
import { prefixed, type StateSpec } from "./named-arrays.ts";
import type { SequenceBatch } from "./sequence-batch.ts";

/** Prefixes that keep the program's inputs and outputs apart. */
export const BATCH = "batch/";
export const NOISE = "noise/";
export const METRIC = "metric/";

/** Random numbers that every update draws anew: uniform in [0, 1), or standard normal. */
export interface NoiseSpec {
  readonly shape: readonly number[];
  readonly draw: "uniform" | "normal";
}

/** Inputs of the program that makes one update: the state, a batch and noise. */
export function programInputs(
  state: readonly StateSpec[],
  batch: Readonly<Record<string, readonly number[]>>,
  noise: Readonly<Record<string, NoiseSpec>>,
): Record<string, Float32Spec> {
  return float32Inputs({
    ...Object.fromEntries(state.map(({ name, shape }) => [name, shape])),
    ...prefixed(BATCH, batch),
    ...Object.fromEntries(Object.entries(noise).map(([name, { shape }]) => [`${NOISE}${name}`, shape])),
  });
}

/** The batch among a program's inputs. */
export function batchOf(tensors: Readonly<Record<string, tf.Tensor>>): SequenceBatch {
  return {
    observation: tensors[`${BATCH}observation`] as tf.Tensor2D,
    previousAction: tensors[`${BATCH}previousAction`] as tf.Tensor2D,
    reward: tensors[`${BATCH}reward`] as tf.Tensor1D,
    isFirst: tensors[`${BATCH}isFirst`] as tf.Tensor1D,
    isTerminal: tensors[`${BATCH}isTerminal`] as tf.Tensor1D,
  };
}

/** What the program returns: the next state under the same names, and metrics. */
export function programOutputs(
  state: Readonly<Record<string, tf.Tensor>>,
  metrics: Readonly<Record<string, tf.Tensor>>,
): Record<string, tf.Tensor> {
  return { ...state, ...prefixed(METRIC, metrics) };
}
