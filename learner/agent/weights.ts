import { linearSpecs, mlpSpecs, normedLinearSpecs, type ParameterSpec } from "../nn/parameters.ts";
import { type AgentSpec, featureSize, stochSize } from "./spec.ts";

/** Weights by the loss that trains them. */
export interface AgentWeights {
  readonly model: readonly ParameterSpec[];
  readonly actor: readonly ParameterSpec[];
  readonly critic: readonly ParameterSpec[];
}

/** Every weight of an agent, named as in checkpoints and policy bundles. */
export function agentWeights(spec: AgentSpec): AgentWeights {
  const { units, deter, headLayers, encoderLayers } = spec;
  const feature = featureSize(spec);
  const stoch = stochSize(spec);
  return {
    model: [
      ...mlpSpecs("encoder", encoderLayers, spec.observation, units),
      ...normedLinearSpecs("rssm/input", stoch + spec.action, units),
      ...normedLinearSpecs("rssm/gru", deter + units, 3 * deter),
      ...normedLinearSpecs("rssm/prior/0", deter, units),
      ...linearSpecs("rssm/prior/logits", units, stoch),
      ...normedLinearSpecs("rssm/posterior/0", deter + units, units),
      ...linearSpecs("rssm/posterior/logits", units, stoch),
      ...mlpSpecs("decoder", encoderLayers, feature, units),
      ...linearSpecs("decoder/out", units, spec.observation),
      ...mlpSpecs("reward", headLayers, feature, units),
      ...linearSpecs("reward/out", units, spec.bins.count, 0),
      ...(spec.canTerminate
        ? [...mlpSpecs("continue", headLayers, feature, units), ...linearSpecs("continue/out", units, 1)]
        : []),
    ],
    actor: [
      ...mlpSpecs("actor", headLayers, feature, units),
      // Nearly nothing at first: the first policy is the middle of the range, widely spread, in every situation.
      ...linearSpecs("actor/mean", units, spec.action, 1e-4),
      ...linearSpecs("actor/std", units, spec.action, 1e-4),
    ],
    critic: criticWeights(spec),
  };
}

function criticWeights(spec: AgentSpec): ParameterSpec[] {
  return [
    ...mlpSpecs("critic", spec.headLayers, featureSize(spec), spec.units),
    ...linearSpecs("critic/out", spec.units, spec.bins.count, 0),
  ];
}

/** What a robot needs to act, and to say how good and how surprising its situation is. */
export function policyWeights(spec: AgentSpec): ParameterSpec[] {
  const { model, actor, critic } = agentWeights(spec);
  return [...model.filter(({ name }) => name.startsWith("encoder/") || name.startsWith("rssm/")), ...actor, ...critic];
}
