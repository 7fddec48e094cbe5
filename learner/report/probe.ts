import type { Random } from "../../runtime/random.ts";
import type { LearnerConfig } from "../config.ts";
import type { Arrays, Batch } from "../train/trainer.ts";

/** What an agent says about stored sequences; each part only where it has such a thing. */
export interface Predictions {
  /**
   * What is expected so many steps after the last step of the context, one block a number of `report.openLoop`, from
   * nothing but the belief there and the actions that followed.
   */
  readonly openLoop?: {
    /** [S, B, O] in the sensors' own units. */
    readonly observation: Float32Array;
    /** [S, B] offset subtracted. */
    readonly reward: Float32Array;
  };
  /** The critic at the last step of the context and `report.valueSteps` later, [B] each. */
  readonly value?: { readonly start: Float32Array; readonly end: Float32Array; readonly gamma: number };
  /** Anything else, under the names the metrics file shows. */
  readonly metrics?: Readonly<Record<string, number>>;
}

/** Asks an agent's weights what they expect of sequences that are known to the end. Changes nothing. */
export interface Probe {
  /** `state` is a trainer's; `batch` has `probeLength` steps of `report.batch` sequences. */
  predict(state: Arrays, batch: Batch, random: Random): Promise<Predictions>;
  close(): Promise<void>;
}

/** Steps of a sequence: those the belief is built from and those that are compared. */
export function probeLength({ context, openLoop, valueSteps }: LearnerConfig["report"]): number {
  return context + Math.max(valueSteps, ...openLoop);
}
