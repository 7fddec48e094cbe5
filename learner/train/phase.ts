import type { StepSchema } from "../../runtime/step.ts";
import type { PolicyGraph } from "../algorithm/policy-graph.ts";
import type { LearnerConfig } from "../config.ts";
import { type Account, pretrained } from "./ratio.ts";
import type { LearnerStatus } from "./status.ts";

/** How far a learner has got that is not being stopped. */
export function phaseOf(
  schema: StepSchema | undefined,
  graph: PolicyGraph | undefined,
  account: Account,
  train: LearnerConfig["train"],
): LearnerStatus["phase"] {
  if (schema === undefined) return "waiting";
  if (account.steps < train.fill) return "filling";
  if (graph === undefined) return "preparing";
  return pretrained(account, train) ? "learning" : "pretraining";
}
