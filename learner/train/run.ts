import { join } from "node:path";
import type { StepSchema } from "../../runtime/step.ts";
import type { LearnerConfig } from "../config.ts";
import { Checkpointer } from "./checkpointer.ts";
import type { Experience } from "./experience.ts";
import { CHECKPOINTS, type Resumed, resumeRun } from "./resume.ts";

/** A run that knows its robot: what it has received, and what it saves. */
export interface Run {
  readonly schema: StepSchema;
  readonly experience: Experience;
  readonly checkpointer: Checkpointer;
}

const RETRY_CHECKPOINT_MS = 10_000;

/** Opens what is on disk of a run in `directory`, and goes on from there. Throws as `resumeRun` does. */
export async function openRun(
  directory: string,
  schema: StepSchema,
  config: LearnerConfig,
  nowMs: () => number,
  hooks: Parameters<typeof resumeRun>[3],
): Promise<Run & Resumed> {
  const resumed = await resumeRun(directory, schema, config, hooks);
  const { keepCheckpoints, checkpointSeconds } = config.train;
  const checkpointer = new Checkpointer(
    {
      directory: join(directory, CHECKPOINTS),
      keep: keepCheckpoints,
      everyMs: checkpointSeconds * 1000,
      retryMs: Math.min(RETRY_CHECKPOINT_MS, checkpointSeconds * 1000),
      nowMs,
      syncExperience: () => resumed.experience.sync(),
    },
    resumed.checkpoint?.meta.account,
  );
  return { schema, checkpointer, ...resumed };
}
