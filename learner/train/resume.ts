import { join } from "node:path";
import type { StepSchema } from "../../runtime/step.ts";
import type { LearnerConfig } from "../config.ts";
import { roomFor } from "../replay/room.ts";
import { rowSizes } from "../replay/row.ts";
import { type Checkpoint, readCheckpoint } from "./checkpoint.ts";
import { checkSameAgent } from "./checks.ts";
import { Experience, type ExperienceOptions } from "./experience.ts";
import { type Account, NEW_ACCOUNT, skip } from "./ratio.ts";

export interface Resumed {
  readonly experience: Experience;
  readonly account: Account;
  /** Undefined in a run that has none yet, or none that is whole. */
  readonly checkpoint: Checkpoint | undefined;
}

export const CHECKPOINTS = "checkpoints";

/**
 * What is known of a run on disk: its steps, back in replay, and its newest checkpoint. Steps that came after the checkpoint
 * are learned from but earn no updates. Throws when the checkpoint is of another agent.
 */
export async function resumeRun(
  directory: string,
  schema: StepSchema,
  config: LearnerConfig,
  hooks: Pick<ExperienceOptions, "onRing" | "onStep" | "onDurable" | "report">,
): Promise<Resumed> {
  const checkpoint = await readCheckpoint(join(directory, CHECKPOINTS), hooks.report);
  if (checkpoint !== undefined) checkSameAgent(checkpoint.meta, schema, config);
  const experience = new Experience({
    directory: join(directory, "log"),
    schema,
    capacity: roomFor(rowSizes(schema, config.replay), config.replay).rows,
    images: config.replay.images,
    ...hooks,
  });
  const uncounted = await experience.restore(checkpoint?.meta.streams ?? {});
  return { experience, account: skip(checkpoint?.meta.account ?? NEW_ACCOUNT, uncounted, config.train), checkpoint };
}
