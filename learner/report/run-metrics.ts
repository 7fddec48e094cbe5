import type { Step } from "../../runtime/step.ts";
import type { LearnerConfig } from "../config.ts";
import { ActionUse } from "./action-use.ts";
import { RewardDrop } from "./reward-drop.ts";
import { StageShares } from "./stage-shares.ts";

/** What the metrics say of a run beyond the updates: its stages, its actions, its reward's fall, the newest report. */
export class RunMetrics {
  readonly stages = new StageShares();
  readonly #actions: ActionUse;
  readonly #reward: RewardDrop;
  #report: Readonly<Record<string, number>> = {};

  constructor(settings: LearnerConfig["report"]) {
    this.#actions = new ActionUse(settings);
    this.#reward = new RewardDrop(settings.collapse);
  }

  step({ action, reward }: Step): void {
    this.#actions.add(action);
    this.#reward.add(reward);
  }

  report(metrics: Readonly<Record<string, number>>): void {
    this.#report = metrics;
  }

  /** For one line. A report stands in the line after it, once. */
  take(): Record<string, number> {
    const metrics = {
      ...this.stages.take(),
      ...this.#actions.metrics(),
      ...this.#reward.metrics(),
      ...this.#report,
    };
    this.#report = {};
    return metrics;
  }
}
