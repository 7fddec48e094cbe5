import * as tf from "@tensorflow/tfjs-core";
import type { StepSchema } from "../../runtime/step.ts";
import { encodePolicy, type PolicyGraph, type PolicySizes, traceAct } from "../algorithm/policy-graph.ts";
import type { Graph } from "../compile/graph.ts";
import type { LearnerConfig } from "../config.ts";
import { follow, frame } from "./history.ts";
import { actor, criticValues } from "./networks.ts";
import { type SacSettings, type SacSpec, sacSpec, stateSize } from "./spec.ts";
import { draw } from "./squashed-gaussian.ts";
import { policyWeights } from "./weights.ts";

const sizesOf = (spec: SacSpec): PolicySizes => ({
  observation: spec.observation,
  action: spec.action,
  weights: policyWeights(spec),
  deter: stateSize(spec),
  stochGroups: 1,
  stochClasses: 1,
});

/**
 * One step of acting for one robot. Inputs and outputs are those of PolicyManifest: `deter` is the state, the newest frames
 * of what was seen and done; there is no latent, so `stoch` is one number that passes through and `posteriorNoise` is not
 * used. `value` is the smaller soft Q of the action taken, in rewards as the task gives them; `surprise` is 0.
 */
export async function tracePolicy(schema: StepSchema, config: LearnerConfig): Promise<Graph> {
  const spec = sacSpec(schema, config);
  return traceAct(sizesOf(spec), (tensors) => act(tensors, spec, config.sac));
}

function act(
  tensors: Readonly<Record<string, tf.Tensor>>,
  spec: SacSpec,
  settings: SacSettings,
): Record<string, tf.Tensor> {
  const input = (name: string): tf.Tensor2D => tensors[name] as tf.Tensor2D;
  const newest = frame(input("observation"), input("previousAction"), input("isFirst"));
  const state = follow(input("deter"), newest, input("isFirst"), spec.frames);
  const { action } = draw(actor(tensors, spec, settings, state), input("actionNoise"));
  const [q1, q2] = criticValues(tensors, spec, state, action);
  return {
    action,
    nextDeter: state,
    nextStoch: input("stoch"),
    value: tf.reshape(tf.mul(tf.minimum(q1, q2), 1 / settings.rewardScale), [1, 1]),
    surprise: tf.zeros([1, 1]),
  };
}

/** The graph a robot runs. The same bytes for the same schema and sizes. */
export async function policyGraph(schema: StepSchema, config: LearnerConfig): Promise<PolicyGraph> {
  return encodePolicy(await tracePolicy(schema, config), sizesOf(sacSpec(schema, config)));
}
