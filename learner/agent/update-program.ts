import type * as tf from "@tensorflow/tfjs-core";
import type { LearnerConfig } from "../config.ts";
import type { AgentSpec } from "./spec.ts";
import { fromAgentState, stateSpecs, toAgentState } from "./state.ts";
import { startRows, updateAgent } from "./update.ts";
import type { ModelBatch } from "./world-model.ts";

/** Prefixes that keep the program's inputs and outputs apart. */
export const BATCH = "batch/";
export const NOISE = "noise/";
export const METRIC = "metric/";

export interface InputSpec {
  readonly shape: readonly number[];
  readonly dtype: "float32";
}

/** Shapes of one update's batch and noise. */
export interface UpdateShapes {
  readonly batch: Readonly<Record<keyof Omit<ModelBatch, "posteriorNoise">, readonly number[]>>;
  readonly noise: Readonly<Record<"posterior" | "imaginedLatent" | "imaginedAction", readonly number[]>>;
}

export function updateShapes(spec: AgentSpec, { replay, agent }: LearnerConfig): UpdateShapes {
  const rows = replay.batch * replay.length;
  const starts = startRows({ reward: { shape: [rows] } }, replay.batch, agent.imagineLast);
  return {
    batch: {
      observation: [rows, spec.observation],
      previousAction: [rows, spec.action],
      reward: [rows],
      isFirst: [rows],
      isTerminal: [rows],
    },
    noise: {
      posterior: [rows, spec.groups],
      imaginedLatent: [agent.horizon * starts, spec.groups],
      imaginedAction: [(agent.horizon + 1) * starts, spec.action],
    },
  };
}

/** Inputs of the program that makes one update: the state, a batch and noise. */
export function updateInputs(spec: AgentSpec, config: LearnerConfig): Record<string, InputSpec> {
  const { batch, noise } = updateShapes(spec, config);
  const inputs: Record<string, InputSpec> = {};
  for (const { name, shape } of stateSpecs(spec)) inputs[name] = { shape, dtype: "float32" };
  for (const [name, shape] of Object.entries(batch)) inputs[`${BATCH}${name}`] = { shape, dtype: "float32" };
  for (const [name, shape] of Object.entries(noise)) inputs[`${NOISE}${name}`] = { shape, dtype: "float32" };
  return inputs;
}

/** One update as a function of named tensors: the next state under the same names, and metrics. */
export function updateProgram(
  spec: AgentSpec,
  config: LearnerConfig,
): (tensors: Readonly<Record<string, tf.Tensor>>) => Record<string, tf.Tensor> {
  return (tensors) => {
    const batch = {
      observation: tensors[`${BATCH}observation`],
      previousAction: tensors[`${BATCH}previousAction`],
      reward: tensors[`${BATCH}reward`],
      isFirst: tensors[`${BATCH}isFirst`],
      isTerminal: tensors[`${BATCH}isTerminal`],
      posteriorNoise: tensors[`${NOISE}posterior`],
    } as unknown as ModelBatch;
    const noise = {
      imaginedLatent: tensors[`${NOISE}imaginedLatent`] as tf.Tensor2D,
      imaginedAction: tensors[`${NOISE}imaginedAction`] as tf.Tensor2D,
    };
    const { state, metrics } = updateAgent(
      toAgentState(spec, tensors),
      batch,
      noise,
      spec,
      config.agent,
      config.replay.batch,
    );
    const named = Object.entries(metrics).map(([name, metric]) => [`${METRIC}${name}`, metric]);
    return { ...fromAgentState(state), ...Object.fromEntries(named) };
  };
}
