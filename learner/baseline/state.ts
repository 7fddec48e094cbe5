import type * as tf from "@tensorflow/tfjs-core";
import { Random } from "../../runtime/random.ts";
import { pick, prefixed, type StateSpec, specsUnder } from "../algorithm/named-arrays.ts";
import { sizeOf } from "../compile/graph.ts";
import { initialValues, type ParameterSpec } from "../nn/parameters.ts";
import type { SacSettings, SacSpec } from "./spec.ts";
import type { SacState } from "./update.ts";
import { LOG_TEMPERATURE, sacWeights } from "./weights.ts";

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
  const all = trained(spec);
  return [
    ...specsUnder("", all),
    ...specsUnder(TARGET, sacWeights(spec).critics),
    ...specsUnder(FIRST_MOMENT, all),
    ...specsUnder(SECOND_MOMENT, all),
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
    state[name] ??= new Float32Array(sizeOf(shape));
  }
  return state;
}

/** The state as an update takes it, from arrays by name. */
export function toSacState(spec: SacSpec, tensors: Readonly<Record<string, tf.Tensor>>): SacState {
  const all = trained(spec);
  return {
    weights: pick(tensors, "", all),
    targets: pick(tensors, TARGET, sacWeights(spec).critics),
    firstMoments: pick(tensors, FIRST_MOMENT, all),
    secondMoments: pick(tensors, SECOND_MOMENT, all),
    steps: tensors[STEPS] as tf.Scalar,
  };
}

/** The inverse of `toSacState`. */
export function fromSacState(state: SacState): Record<string, tf.Tensor> {
  return {
    ...state.weights,
    ...prefixed(TARGET, state.targets),
    ...prefixed(FIRST_MOMENT, state.firstMoments),
    ...prefixed(SECOND_MOMENT, state.secondMoments),
    [STEPS]: state.steps,
  };
}
