import type * as tf from "@tensorflow/tfjs-core";
import { sequenceShapes } from "../algorithm/sequence-batch.ts";
import { batchOf, NOISE, type NoiseSpec, programInputs, programOutputs } from "../algorithm/update-program.ts";
import type { Float32Spec } from "../compile/float32.ts";
import type { LearnerConfig } from "../config.ts";
import type { AgentSpec } from "./spec.ts";
import { fromAgentState, stateSpecs, toAgentState } from "./state.ts";
import { startRows, updateAgent } from "./update.ts";

/** The noise of one update. */
export function updateNoise(
  spec: AgentSpec,
  { replay, agent }: LearnerConfig,
): Readonly<Record<"posterior" | "imaginedLatent" | "imaginedAction", NoiseSpec>> {
  const rows = replay.batch * replay.length;
  const starts = startRows({ reward: { shape: [rows] } }, replay.batch, agent.imagineLast);
  return {
    posterior: { shape: [rows, spec.groups], draw: "uniform" },
    imaginedLatent: { shape: [agent.horizon * starts, spec.groups], draw: "uniform" },
    imaginedAction: { shape: [(agent.horizon + 1) * starts, spec.action], draw: "normal" },
  };
}

/** Inputs of the program that makes one update: the state, a batch and noise. */
export function updateInputs(spec: AgentSpec, config: LearnerConfig): Record<string, Float32Spec> {
  return programInputs(stateSpecs(spec), sequenceShapes(spec, config.replay), updateNoise(spec, config));
}

/** One update as a function of named tensors: the next state under the same names, and metrics. */
export function updateProgram(
  spec: AgentSpec,
  config: LearnerConfig,
): (tensors: Readonly<Record<string, tf.Tensor>>) => Record<string, tf.Tensor> {
  return (tensors) => {
    const noise = (name: string): tf.Tensor2D => tensors[`${NOISE}${name}`] as tf.Tensor2D;
    const { state, metrics } = updateAgent(
      toAgentState(spec, tensors),
      { ...batchOf(tensors), posteriorNoise: noise("posterior") },
      { imaginedLatent: noise("imaginedLatent"), imaginedAction: noise("imaginedAction") },
      spec,
      config.agent,
      config.replay.batch,
    );
    return programOutputs(fromAgentState(state), metrics);
  };
}
