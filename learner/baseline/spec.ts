import type { StepSchema } from "../../runtime/step.ts";
import { agentSpec } from "../agent/spec.ts";
import type { LearnerConfig } from "../config.ts";

export type SacSettings = LearnerConfig["sac"];

/** Sizes that decide the shape of every weight. */
export interface SacSpec {
  /** Numbers in the observation vector. */
  readonly observation: number;
  readonly action: number;
  /** Frames of a state; see history.ts. */
  readonly frames: number;
  /** Hidden layers and units of every network. */
  readonly layers: number;
  readonly units: number;
}

/** Throws when the schema has a tensor that is not float32. */
export function sacSpec(schema: StepSchema, config: LearnerConfig): SacSpec {
  const { observation, action } = agentSpec(schema, config);
  const { frames, layers, units } = config.sac;
  return { observation, action, frames, layers, units };
}

/** Numbers of one frame: an observation and the action that led to it. */
export function frameSize({ observation, action }: SacSpec): number {
  return observation + action;
}

/** Numbers of a state. */
export function stateSize(spec: SacSpec): number {
  return spec.frames * frameSize(spec);
}
