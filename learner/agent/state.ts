import type * as tf from "@tensorflow/tfjs-core";
import { Random } from "../../runtime/random.ts";
import { pick, prefixed, type StateSpec, specsUnder } from "../algorithm/named-arrays.ts";
import { sizeOf } from "../compile/graph.ts";
import { initialValues, type ParameterSpec } from "../nn/parameters.ts";
import type { AgentSpec } from "./spec.ts";
import type { AgentState } from "./update.ts";
import { agentWeights } from "./weights.ts";

const ACTOR_STATE = (spec: AgentSpec): StateSpec[] => [
  { name: "actor-state/advantage-moments", shape: [2] },
  { name: "actor-state/advantage-updates", shape: [] },
  { name: "actor-state/return-range", shape: [2] },
  { name: "actor-state/alpha", shape: [spec.action] },
  { name: "optimiser/steps", shape: [] },
];

function trained(spec: AgentSpec): ParameterSpec[] {
  const { model, actor, critic } = agentWeights(spec);
  return [...model, ...actor, ...critic];
}

/** Every array that an update changes, under the names of a checkpoint. Weights have their own names. */
export function stateSpecs(spec: AgentSpec): StateSpec[] {
  const all = trained(spec);
  return [
    ...specsUnder("", all),
    ...specsUnder("slow/", agentWeights(spec).critic),
    ...specsUnder("optimiser/m/", all),
    ...specsUnder("optimiser/v/", all),
    ...ACTOR_STATE(spec),
  ];
}

/** A fresh agent: the slow critic is a copy, entropy weights start at 1, everything running at 0. */
export function initialState(spec: AgentSpec, seed: number): Record<string, Float32Array> {
  const random = new Random(seed, "weights");
  const state: Record<string, Float32Array> = {};
  for (const parameter of trained(spec)) state[parameter.name] = initialValues(parameter, random);
  for (const { name } of agentWeights(spec).critic) state[`slow/${name}`] = state[name]!.slice();
  for (const { name, shape } of stateSpecs(spec)) {
    state[name] ??= new Float32Array(sizeOf(shape));
  }
  state["actor-state/alpha"]!.fill(1);
  return state;
}

/** The state as an update takes it, from arrays by name. */
export function toAgentState(spec: AgentSpec, tensors: Readonly<Record<string, tf.Tensor>>): AgentState {
  const all = trained(spec);
  return {
    weights: pick(tensors, "", all),
    slowCritic: pick(tensors, "slow/", agentWeights(spec).critic),
    firstMoments: pick(tensors, "optimiser/m/", all),
    secondMoments: pick(tensors, "optimiser/v/", all),
    actor: {
      advantageMoments: tensors["actor-state/advantage-moments"] as tf.Tensor1D,
      advantageUpdates: tensors["actor-state/advantage-updates"] as tf.Scalar,
      returnRange: tensors["actor-state/return-range"] as tf.Tensor1D,
      alpha: tensors["actor-state/alpha"] as tf.Tensor1D,
    },
    steps: tensors["optimiser/steps"] as tf.Scalar,
  };
}

/** The inverse of `toAgentState`. */
export function fromAgentState(state: AgentState): Record<string, tf.Tensor> {
  return {
    ...state.weights,
    ...prefixed("slow/", state.slowCritic),
    ...prefixed("optimiser/m/", state.firstMoments),
    ...prefixed("optimiser/v/", state.secondMoments),
    "actor-state/advantage-moments": state.actor.advantageMoments,
    "actor-state/advantage-updates": state.actor.advantageUpdates,
    "actor-state/return-range": state.actor.returnRange,
    "actor-state/alpha": state.actor.alpha,
    "optimiser/steps": state.steps,
  };
}
