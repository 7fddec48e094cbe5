import type * as tf from "@tensorflow/tfjs-core";
import { Random } from "../../runtime/random.ts";
import { initialValues, type ParameterSpec } from "../nn/parameters.ts";
import type { SacSettings, SacSpec } from "./spec.ts";
import type { SacState } from "./update.ts";
import { LOG_TEMPERATURE, sacWeights } from "./weights.ts";

/** One array of the state: what a checkpoint stores under `name`. */
export interface StateSpec {
  readonly name: string;
  readonly shape: readonly number[];
}

const TARGET = "target/";
const FIRST_MOMENT = "optimiser/m/";
const SECOND_MOMENT = "optimiser/v/";
const STEPS = "optimiser/steps";

function trained(spec: SacSpec): ParameterSpec[] {
  const { actor, critics, temperature } = sacWeights(spec);
  return [...actor, ...critics, ...temperature];
}

/** Every array that an update changes, under the names of a checkpoint. Weights have their own names. */
export function stateSpecs(spec: SacSpec): StateSpec[] {
  const renamed = (prefix: string, specs: readonly ParameterSpec[]): StateSpec[] =>
    specs.map(({ name, shape }) => ({ name: `${prefix}${name}`, shape }));
  const all = trained(spec);
  return [
    ...renamed("", all),
    ...renamed(TARGET, sacWeights(spec).critics),
    ...renamed(FIRST_MOMENT, all),
    ...renamed(SECOND_MOMENT, all),
    { name: STEPS, shape: [] },
  ];
}

/** A fresh agent: targets are copies of the critics, everything running at 0. */
export function initialState(spec: SacSpec, settings: SacSettings, seed: number): Record<string, Float32Array> {
  const random = new Random(seed, "weights");
  const state: Record<string, Float32Array> = {};
  for (const parameter of trained(spec)) state[parameter.name] = initialValues(parameter, random);
  state[LOG_TEMPERATURE]!.fill(Math.log(settings.temperature));
  for (const { name } of sacWeights(spec).critics) state[`${TARGET}${name}`] = state[name]!.slice();
  for (const { name, shape } of stateSpecs(spec)) {
    state[name] ??= new Float32Array(shape.reduce((product, size) => product * size, 1));
  }
  return state;
}

/** The state as an update takes it, from arrays by name. */
export function toSacState(spec: SacSpec, tensors: Readonly<Record<string, tf.Tensor>>): SacState {
  const all = trained(spec);
  const pick = (prefix: string, specs: readonly ParameterSpec[]): Record<string, tf.Tensor> =>
    Object.fromEntries(specs.map(({ name }) => [name, tensors[`${prefix}${name}`]!]));
  return {
    weights: pick("", all),
    targets: pick(TARGET, sacWeights(spec).critics),
    firstMoments: pick(FIRST_MOMENT, all),
    secondMoments: pick(SECOND_MOMENT, all),
    steps: tensors[STEPS] as tf.Scalar,
  };
}

/** The inverse of `toSacState`. */
export function fromSacState(state: SacState): Record<string, tf.Tensor> {
  const renamed = (prefix: string, tree: Readonly<Record<string, tf.Tensor>>): [string, tf.Tensor][] =>
    Object.entries(tree).map(([name, tensor]) => [`${prefix}${name}`, tensor]);
  return Object.fromEntries([
    ...renamed("", state.weights),
    ...renamed(TARGET, state.targets),
    ...renamed(FIRST_MOMENT, state.firstMoments),
    ...renamed(SECOND_MOMENT, state.secondMoments),
    [STEPS, state.steps],
  ]);
}
