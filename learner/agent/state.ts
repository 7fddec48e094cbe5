import type * as tf from "@tensorflow/tfjs-core";
import { Random } from "../../runtime/random.ts";
import { initialValues, type ParameterSpec } from "../nn/parameters.ts";
import type { AgentSpec } from "./spec.ts";
import type { AgentState } from "./update.ts";
import { agentWeights } from "./weights.ts";

/** One array of the state: what a checkpoint stores under `name`. */
export interface StateSpec {
  readonly name: string;
  readonly shape: readonly number[];
}

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
  const renamed = (prefix: string, specs: readonly ParameterSpec[]): StateSpec[] =>
    specs.map(({ name, shape }) => ({ name: `${prefix}${name}`, shape }));
  const all = trained(spec);
  return [
    ...renamed("", all),
    ...renamed("slow/", agentWeights(spec).critic),
    ...renamed("optimiser/m/", all),
    ...renamed("optimiser/v/", all),
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
    state[name] ??= new Float32Array(shape.reduce((product, size) => product * size, 1));
  }
  state["actor-state/alpha"]!.fill(1);
  return state;
}

/** The state as an update takes it, from arrays by name. */
export function toAgentState(spec: AgentSpec, tensors: Readonly<Record<string, tf.Tensor>>): AgentState {
  const all = trained(spec);
  const pick = (prefix: string, specs: readonly ParameterSpec[]): Record<string, tf.Tensor> =>
    Object.fromEntries(specs.map(({ name }) => [name, tensors[`${prefix}${name}`]!]));
  return {
    weights: pick("", all),
    slowCritic: pick("slow/", agentWeights(spec).critic),
    firstMoments: pick("optimiser/m/", all),
    secondMoments: pick("optimiser/v/", all),
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
  const renamed = (prefix: string, tree: Readonly<Record<string, tf.Tensor>>): [string, tf.Tensor][] =>
    Object.entries(tree).map(([name, tensor]) => [`${prefix}${name}`, tensor]);
  return {
    ...state.weights,
    ...Object.fromEntries([
      ...renamed("slow/", state.slowCritic),
      ...renamed("optimiser/m/", state.firstMoments),
      ...renamed("optimiser/v/", state.secondMoments),
    ]),
    "actor-state/advantage-moments": state.actor.advantageMoments,
    "actor-state/advantage-updates": state.actor.advantageUpdates,
    "actor-state/return-range": state.actor.returnRange,
    "actor-state/alpha": state.actor.alpha,
    "optimiser/steps": state.steps,
  };
}
