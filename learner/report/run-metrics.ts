import type { Step } from "../../runtime/step.ts";
import type { LearnerConfig } from "../config.ts";
import { Recent } from "../train/recent.ts";
import { ActionUse } from "./action-use.ts";
import { RewardDrop } from "./reward-drop.ts";
import { StageShares } from "./stage-shares.ts";

/** Steps over which the share of people's actions is taken. */
const INTERVENTION_STEPS = 1000;

/** What the metrics say of a run beyond the updates: its stages, its actions, who acted, its reward's fall, the newest report. */
export class RunMetrics {
  readonly stages = new StageShares();
  readonly #actions: ActionUse;
  readonly #intervened = new Recent(INTERVENTION_STEPS);
  readonly #reward: RewardDrop;
  #report: Readonly<Record<string, number>> = {};

  constructor(settings: LearnerConfig["report"]) {
    this.#actions = new ActionUse(settings);
    this.#reward = new RewardDrop(settings.collapse);
  }

  step({ action, intervened, reward }: Step): void {
    this.#actions.add(action);
    this.#intervened.add(intervened ? 1 : 0);
    this.#reward.add(reward);
  }

  report(metrics: Readonly<Record<string, number>>): void {
    this.#report = metrics;
  }

  /** For one line. A report stands in the line after it, once. */
  take(): Record<string, number> {
    const intervened = this.#intervened.mean;
    const metrics = {
      ...this.stages.take(),
      ...this.#actions.metrics(),
      ...(intervened === undefined ? {} : { intervened }),
      ...this.#reward.metrics(),
      ...this.#report,
    };
    this.#report = {};
    return metrics;
  }
}
