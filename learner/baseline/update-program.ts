import type * as tf from "@tensorflow/tfjs-core";
import { BATCH, type InputSpec, METRIC, NOISE } from "../agent/update-program.ts";
import type { LearnerConfig } from "../config.ts";
import type { SacSpec } from "./spec.ts";
import { fromSacState, stateSpecs, toSacState } from "./state.ts";
import { type SequenceBatch, transitionsOf } from "./transitions.ts";
import { type SacNoise, updateSac } from "./update.ts";

/** Shapes of one update's noise. */
export function noiseShapes(spec: SacSpec, { replay }: LearnerConfig): Readonly<Record<keyof SacNoise, number[]>> {
  const shape = [(replay.length - 1) * replay.batch, spec.action];
  return { action: shape, nextAction: shape };
}

/** Inputs of the program that makes one update: the state, a batch and noise. */
export function updateInputs(spec: SacSpec, config: LearnerConfig): Record<string, InputSpec> {
  const rows = config.replay.batch * config.replay.length;
  const batch: Record<keyof SequenceBatch, number[]> = {
    observation: [rows, spec.observation],
    previousAction: [rows, spec.action],
    reward: [rows],
    isFirst: [rows],
    isTerminal: [rows],
  };
  const inputs: Record<string, InputSpec> = {};
  for (const { name, shape } of stateSpecs(spec)) inputs[name] = { shape, dtype: "float32" };
  for (const [name, shape] of Object.entries(batch)) inputs[`${BATCH}${name}`] = { shape, dtype: "float32" };
  for (const [name, shape] of Object.entries(noiseShapes(spec, config))) {
    inputs[`${NOISE}${name}`] = { shape, dtype: "float32" };
  }
  return inputs;
}

/** One update as a function of named tensors: the next state under the same names, and metrics. */
export function updateProgram(
  spec: SacSpec,
  { sac, replay }: LearnerConfig,
): (tensors: Readonly<Record<string, tf.Tensor>>) => Record<string, tf.Tensor> {
  return (tensors) => {
    const batch = {
      observation: tensors[`${BATCH}observation`],
      previousAction: tensors[`${BATCH}previousAction`],
      reward: tensors[`${BATCH}reward`],
      isFirst: tensors[`${BATCH}isFirst`],
      isTerminal: tensors[`${BATCH}isTerminal`],
    } as SequenceBatch;
    const noise: SacNoise = {
      action: tensors[`${NOISE}action`] as tf.Tensor2D,
      nextAction: tensors[`${NOISE}nextAction`] as tf.Tensor2D,
    };
    const transitions = transitionsOf(batch, spec.frames, replay.batch);
    const { state, metrics } = updateSac(toSacState(spec, tensors), transitions, noise, spec, sac);
    const named = Object.entries(metrics).map(([name, metric]) => [`${METRIC}${name}`, metric]);
    return { ...fromSacState(state), ...Object.fromEntries(named) };
  };
}
