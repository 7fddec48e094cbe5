import type { StepSchema } from "../../runtime/step.ts";
import { type LearnerConfig, PRESETS, type PresetName } from "../config.ts";
import { BIN_RANGE, type Bins } from "../nn/two-hot.ts";

/** Sizes that decide the shape of every weight. Two agents with equal specs can exchange weights. */
export interface AgentSpec {
  /** Numbers in the observation vector. */
  readonly observation: number;
  readonly action: number;
  readonly deter: number;
  readonly units: number;
  readonly groups: number;
  readonly classes: number;
  readonly encoderLayers: number;
  readonly headLayers: number;
  readonly bins: Bins;
  /** Whether episodes can end by themselves; without that there is no continue head. */
  readonly canTerminate: boolean;
}

/** Throws when the preset is unknown or the schema has a tensor this agent cannot take. */
export function agentSpec(schema: StepSchema, config: LearnerConfig): AgentSpec {
  if (!Object.hasOwn(PRESETS, config.preset)) {
    throw new Error(`learner.preset: expected one of ${Object.keys(PRESETS).join(", ")}, found "${config.preset}"`);
  }
  const { bins, ...sizes } = PRESETS[config.preset as PresetName];
  const image = schema.observation.find((tensor) => tensor.dtype !== "float32");
  if (image !== undefined) {
    throw new Error(
      `agent: expected float32 observations, found "${image.name}" of ${image.dtype}; images are not learned from yet`,
    );
  }
  const observation = schema.observation.reduce((sum, { shape }) => sum + shape.reduce((a, b) => a * b, 1), 0);
  return {
    ...sizes,
    observation,
    action: schema.action.length,
    bins: { count: bins, ...BIN_RANGE },
    canTerminate: schema.canTerminate,
  };
}

/** Length of a flattened latent. */
export function stochSize({ groups, classes }: AgentSpec): number {
  return groups * classes;
}

/** Length of the feature [deter, stoch] that every head reads. */
export function featureSize(spec: AgentSpec): number {
  return spec.deter + stochSize(spec);
}
