import { policySchema } from "../../runtime/step.ts";
import type { PolicyGraph } from "../algorithm/policy-graph.ts";
import type { LearnerConfig } from "../config.ts";
import type { CheckpointMeta } from "./checkpoint.ts";
import { stepsToNextStop } from "./lockstep.ts";
import type { Publisher } from "./publish.ts";
import { owed } from "./ratio.ts";
import type { Records } from "./records.ts";
import { Reports } from "./reports.ts";
import type { Robots } from "./robots.ts";
import type { Run } from "./run.ts";
import type { Training } from "./training.ts";

export interface DutiesOptions {
  readonly config: LearnerConfig;
  readonly lockstep: boolean;
  readonly training: Training;
  readonly records: Records;
  readonly publisher: Publisher;
  readonly robots: Robots;
  readonly report: (line: string) => void;
}

/** What a learner has to do, each when it is due: updates, reports, policies, permits, checkpoints. One call at a time. */
export class Duties {
  readonly #options: DutiesOptions;
  readonly #reports: Reports;

  constructor(options: DutiesOptions) {
    this.#options = options;
    this.#reports = new Reports(options.training, options.config.report, options.report);
  }

  /** Does what is due now. True when that was an update, so there may be more at once. */
  async advance(run: Run, graph: PolicyGraph): Promise<boolean> {
    const { lockstep, config, records } = this.#options;
    const updated = owed(records.account, config.train) > 0 && (await this.#update());
    if (!lockstep) await this.#publishIfDue(run, graph);
    else if (!updated) await this.#takeTurn(run, graph);
    return updated;
  }

  async #update(): Promise<boolean> {
    const { config, training, records, publisher, robots } = this.#options;
    const done = await training.update();
    if (done === undefined) return false;
    records.updated(done);
    const report = await this.#reports.after(records.account.updates);
    if (report !== undefined) records.report(report);
    if (records.account.updates % config.train.logUpdates === 0) records.log(publisher.version, robots.streams());
    return true;
  }

  /** Lockstep: once the robot has got where it was let go to, and all updates are made, lets it go on. */
  async #takeTurn(run: Run, graph: PolicyGraph): Promise<void> {
    const { config, records, publisher, robots } = this.#options;
    const stream = robots.waiting;
    if (stream === undefined) return;
    await this.#publishIfDue(run, graph);
    robots.letGo(stream, stepsToNextStop(records.account, publisher.lastSteps, config.train));
  }

  async #publishIfDue({ schema }: Run, graph: PolicyGraph): Promise<void> {
    const { training, records, publisher, robots } = this.#options;
    const { account } = records;
    if (!publisher.isDue(account)) return;
    const weights = await training.weights();
    robots.publish(publisher.make(policySchema(schema), graph, weights, account));
  }

  async checkpointIfDue(run: Run): Promise<void> {
    const { training, records, publisher } = this.#options;
    if (!run.checkpointer.isDue(records.account.updates)) return;
    const meta = this.#meta(run);
    run.checkpointer.start(meta, await training.state());
    publisher.store();
  }

  /** Writes the last checkpoint and the newest policy. */
  async finish(run: Run): Promise<void> {
    const { training, publisher } = this.#options;
    await run.checkpointer.finish(this.#meta(run), () => training.state());
    publisher.store();
  }

  /** As of now; the training thread must be idle between this and its state. */
  #meta({ schema, experience }: Run): Omit<CheckpointMeta, "formatVersion" | "sampler"> {
    const { config, records, publisher } = this.#options;
    return {
      schema,
      config,
      account: records.account,
      policyVersion: publisher.version,
      streams: experience.streams(),
    };
  }
}
