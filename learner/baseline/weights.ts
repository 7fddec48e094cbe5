import { linearSpecs, type ParameterSpec } from "../nn/parameters.ts";
import { type SacSpec, stateSize } from "./spec.ts";

/** The twin critics. */
export const CRITICS = ["q1", "q2"] as const;

/** The temperature's logarithm, learned like a weight. */
export const LOG_TEMPERATURE = "temperature/log";

/** Weights by the loss that trains them. */
export interface SacWeights {
  readonly actor: readonly ParameterSpec[];
  readonly critics: readonly ParameterSpec[];
  readonly temperature: readonly ParameterSpec[];
}

/** Every weight, named as in checkpoints and policy bundles. */
export function sacWeights(spec: SacSpec): SacWeights {
  const { layers, units, action } = spec;
  const state = stateSize(spec);
  const hidden = (name: string, size: number): ParameterSpec[] =>
    Array.from({ length: layers }, (_, i) => linearSpecs(`${name}/${i}`, i === 0 ? size : units, units)).flat();
  return {
    actor: [
      ...hidden("actor", state),
      // Nearly nothing at first: the first policy is the middle of the range, widely spread, in every situation.
      ...linearSpecs("actor/mean", units, action, 1e-4),
      ...linearSpecs("actor/log-std", units, action, 1e-4),
    ],
    critics: CRITICS.flatMap((name) => [...hidden(name, state + action), ...linearSpecs(`${name}/out`, units, 1)]),
    temperature: [{ name: LOG_TEMPERATURE, shape: [], init: "zeros" }],
  };
}

/** What a robot needs to act, and to say how good its situation is. */
export function policyWeights(spec: SacSpec): ParameterSpec[] {
  const { actor, critics } = sacWeights(spec);
  return [...actor, ...critics];
}
