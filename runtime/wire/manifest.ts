import type { StepSchema } from "../step.ts";

/** One input of the policy graph that carries a weight. */
export interface WeightSpec {
  readonly name: string;
  readonly shape: readonly number[];
}

/**
 * Describes a policy bundle: this, `graph.onnx`, `weights.safetensors`.
 * Graph inputs, all float32: `observation` [1, O] (the float32 tensors of the schema, concatenated in its order),
 * `previousAction` [1, A], `isFirst` [1, 1] (1 resets the belief), `deter` [1, D], `stoch` [1, S·C],
 * `posteriorNoise` [1, S] uniform in [0, 1), `actionNoise` [1, A] standard normal, and every weight by name.
 * Outputs: `action` [1, A] (not clipped), `nextDeter`, `nextStoch`, `value` [1, 1], `surprise` [1, 1] (nats).
 */
export interface PolicyManifest {
  readonly formatVersion: number;
  /** Counts up from 1 within a run of a learner. */
  readonly policyVersion: number;
  readonly learnerUpdates: number;
  /** Steps in the learner's replay when the weights were taken. */
  readonly transitions: number;
  readonly schema: StepSchema;
  readonly schemaHash: string;
  readonly graphHash: string;
  /** SHA-256 of the weights file, hex. */
  readonly weightsHash: string;
  readonly weights: readonly WeightSpec[];
  readonly deter: number;
  readonly stochGroups: number;
  readonly stochClasses: number;
}

export const MANIFEST_FORMAT = 1;
