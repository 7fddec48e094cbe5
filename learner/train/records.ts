import { join } from "node:path";
import type { Step } from "../../runtime/step.ts";
import type { LearnerConfig } from "../config.ts";
import { RunMetrics } from "../report/run-metrics.ts";
import { Marks } from "./marks.ts";
import { MetricsFile, type MetricsLine } from "./metrics.ts";
import { Progress } from "./progress.ts";
import { type Account, NEW_ACCOUNT, receive, spend } from "./ratio.ts";
import type { UpdateReport } from "./training.ts";

/** What a run's steps and updates come to: its account, its running numbers, and its lines in `metrics.jsonl`. */
export class Records {
  readonly progress = new Progress();
  readonly marks: Marks;
  readonly #train: LearnerConfig["train"];
  readonly #runMetrics: RunMetrics;
  readonly #file: MetricsFile;
  #account: Account = NEW_ACCOUNT;

  /** Throws when the directory's marks cannot be read. */
  constructor(directory: string, { train, report: settings }: LearnerConfig, report: (line: string) => void) {
    this.#train = train;
    this.#runMetrics = new RunMetrics(settings);
    this.marks = new Marks(join(directory, "marks.jsonl"), report);
    this.#file = new MetricsFile(join(directory, "metrics.jsonl"), report);
  }

  get account(): Account {
    return this.#account;
  }

  get stages(): RunMetrics["stages"] {
    return this.#runMetrics.stages;
  }

  /** Goes on with the account of a run, which knows the steps found on disk. */
  resume(account: Account): void {
    this.#account = account;
  }

  /** A step of a robot. */
  received(step: Step): void {
    this.restored(step);
    this.#account = receive(this.#account, 1, this.#train);
  }

  /** A step found on disk. */
  restored(step: Step): void {
    this.progress.step(step.reward);
    this.#runMetrics.step(step);
  }

  updated({ updateMs, metrics }: UpdateReport): void {
    this.#account = spend(this.#account);
    this.progress.update(updateMs, metrics);
  }

  /** A report's numbers, for the next line. */
  report(metrics: Readonly<Record<string, number>>): void {
    this.#runMetrics.report(metrics);
  }

  /** About once a second. */
  mark(): void {
    this.progress.mark(this.#account.steps, this.#account.updates);
  }

  /** Writes a line. */
  log(policyVersion: number, streams: MetricsLine["streams"]): void {
    this.progress.summarise();
    const { steps, updates } = this.#account;
    const progress = this.progress.now();
    const metrics = { ...progress.metrics, ...this.#runMetrics.take(), ...this.marks.metrics() };
    const time = new Date().toISOString();
    this.#file.add({ time, steps, updates, policyVersion, ...progress, metrics, streams });
  }

  close(): Promise<void> {
    return this.#file.close();
  }
}
