import type * as tf from "@tensorflow/tfjs-core";
import { sequenceShapes } from "../algorithm/sequence-batch.ts";
import { batchOf, NOISE, type NoiseSpec, programInputs, programOutputs } from "../algorithm/update-program.ts";
import type { Float32Spec } from "../compile/float32.ts";
import type { LearnerConfig } from "../config.ts";
import type { SacSpec } from "./spec.ts";
import { fromSacState, stateSpecs, toSacState } from "./state.ts";
import { transitionsOf } from "./transitions.ts";
import { type SacNoise, updateSac } from "./update.ts";

/** The noise of one update. */
export function updateNoise(spec: SacSpec, { replay }: LearnerConfig): Readonly<Record<keyof SacNoise, NoiseSpec>> {
  const each: NoiseSpec = { shape: [(replay.length - 1) * replay.batch, spec.action], draw: "normal" };
  return { action: each, nextAction: each };
}

/** Inputs of the program that makes one update: the state, a batch and noise. */
export function updateInputs(spec: SacSpec, config: LearnerConfig): Record<string, Float32Spec> {
  return programInputs(stateSpecs(spec), sequenceShapes(spec, config.replay), updateNoise(spec, config));
}

/** One update as a function of named tensors: the next state under the same names, and metrics. */
export function updateProgram(
  spec: SacSpec,
  { sac, replay }: LearnerConfig,
): (tensors: Readonly<Record<string, tf.Tensor>>) => Record<string, tf.Tensor> {
  return (tensors) => {
    const noise: SacNoise = {
      action: tensors[`${NOISE}action`] as tf.Tensor2D,
      nextAction: tensors[`${NOISE}nextAction`] as tf.Tensor2D,
    };
    const transitions = transitionsOf(batchOf(tensors), spec.frames, replay.batch);
    const { state, metrics } = updateSac(toSacState(spec, tensors), transitions, noise, spec, sac);
    return programOutputs(fromSacState(state), metrics);
  };
}
