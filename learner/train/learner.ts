import { mkdirSync } from "node:fs";
import { join } from "node:path";
import type { Step, StepSchema } from "../../runtime/step.ts";
import { eachRunWithin } from "../../runtime/wire/stage-runs.ts";
import type { WireMark } from "../../runtime/wire/step-marks.ts";
import type { PolicyGraph } from "../algorithm/policy-graph.ts";
import type { LearnerConfig } from "../config.ts";
import { RunMetrics } from "../report/run-metrics.ts";
import type { CheckpointMeta } from "./checkpoint.ts";
import { Checkpointer } from "./checkpointer.ts";
import { checkConfig } from "./checks.ts";
import type { Experience } from "./experience.ts";
import { type Hello, reasonToRefuse } from "./hello.ts";
import { type BesideRows, type LinkHost, LinkServer, type Taken } from "./link-server.ts";
import { stepsToNextStop, Turns } from "./lockstep.ts";
import { Marks } from "./marks.ts";
import { MetricsFile } from "./metrics.ts";
import { Progress } from "./progress.ts";
import { Publisher } from "./publish.ts";
import { type Account, NEW_ACCOUNT, owed, pretrained, receive, spend } from "./ratio.ts";
import { CHECKPOINTS, resumeRun } from "./resume.ts";
import { readRunSchema, writeRunSchema } from "./run-schema.ts";
import type { LearnerEvent, LearnerStatus } from "./status.ts";
import { startTrainingThread } from "./thread.ts";
import type { Training, TrainingSettings, TrainingState } from "./training.ts";
import { Wake } from "./wake.ts";

export interface LearnerOptions {
  readonly run: string;
  readonly bind: string;
  readonly config: LearnerConfig;
  readonly seed: number;
  readonly lockstep: boolean;
  readonly onEvent: (event: LearnerEvent) => void;
  /** Aborted: finish the update in flight, write a checkpoint, return. */
  readonly signal: AbortSignal;
  readonly training?: Training;
  readonly nowMs?: () => number;
}

const STATUS_MS = 1000;
const RETRY_CHECKPOINT_MS = 10_000;

/** Learns from the robots that connect until `signal`. Throws when the run, the endpoint or the settings do not fit. */
export async function runLearner(options: LearnerOptions): Promise<LearnerStatus> {
  const learner = new Learner(options);
  try {
    await learner.open();
    await learner.learn();
    await learner.save();
    return learner.status();
  } finally {
    await learner.close();
  }
}

class Learner implements LinkHost {
  readonly #options: LearnerOptions;
  readonly #nowMs: () => number;
  readonly #directory: string;
  readonly #training: Training;
  readonly #metricsFile: MetricsFile;
  readonly #wake = new Wake();
  readonly #turns = new Turns();
  readonly #progress = new Progress();
  readonly #runMetrics: RunMetrics;
  readonly #marks: Marks;
  readonly #publisher: Publisher;
  #account: Account = NEW_ACCOUNT;
  #schema: StepSchema | undefined;
  #experience: Experience | undefined;
  #checkpointer: Checkpointer | undefined;
  #link: LinkServer | undefined;
  #graph: PolicyGraph | undefined;
  #failure: Error | undefined;
  #resumed: LearnerStatus["resumed"];
  #diskError: string | undefined;
  #reportError: string | undefined;
  #timer: NodeJS.Timeout | undefined;
  #restoring = false;

  constructor(options: LearnerOptions) {
    checkConfig(options.config);
    this.#options = options;
    this.#nowMs = options.nowMs ?? (() => performance.now());
    this.#directory = join(options.run, "learner");
    mkdirSync(this.#directory, { recursive: true });
    this.#runMetrics = new RunMetrics(options.config.report);
    const report = (line: string) => this.report(line);
    this.#marks = new Marks(join(this.#directory, "marks.jsonl"), report);
    this.#publisher = new Publisher({
      directory: join(options.run, "policy"),
      settings: options.config.train,
      lockstep: options.lockstep,
      nowMs: this.#nowMs,
      report,
    });
    this.#metricsFile = new MetricsFile(join(this.#directory, "metrics.jsonl"), report);
    this.#training = options.training ?? startTrainingThread();
  }

  async open(): Promise<void> {
    this.#options.signal.addEventListener("abort", () => this.#wake.notify());
    this.#timer = setInterval(() => this.#tick(), STATUS_MS);
    this.#link = await LinkServer.bind(this.#options.bind, this, this.#nowMs);
    const schema = readRunSchema(this.#directory);
    if (schema !== undefined) await this.#adopt(schema);
    this.#link.serve();
    this.#options.onEvent({ type: "ready", endpoint: this.#link.endpoint });
  }

  async learn(): Promise<void> {
    while (!this.#options.signal.aborted) {
      const updated = await this.#advance();
      if (this.#failure !== undefined) throw this.#failure;
      await this.#checkpointIfDue();
      if (!updated) await this.#wake.wait(STATUS_MS);
    }
  }

  /** Acks what arrived and writes the last checkpoint. */
  async save(): Promise<void> {
    await this.#experience?.sync();
    await this.#link?.close();
    this.#link = undefined;
    if (this.#graph !== undefined) {
      await this.#checkpointer?.finish(this.#meta(), () => this.#training.state());
      this.#publisher.store();
    }
    const error = this.#checkpointer?.error;
    if (error !== undefined) this.report(`checkpoint: ${error.message}; the one before is kept`);
    this.#logMetrics();
  }

  async close(): Promise<void> {
    clearInterval(this.#timer);
    await this.#link?.close();
    await this.#training.close().catch((error: Error) => this.report(error.message));
    await this.#experience?.close();
    await this.#metricsFile.close();
  }

  async greet(hello: Hello): Promise<{ resume: number } | { refuse: string }> {
    const { lockstep } = this.#options;
    const reason = reasonToRefuse(hello, { schema: this.#schema, lockstep });
    if (reason !== undefined) return { refuse: reason };
    if (this.#schema === undefined) {
      writeRunSchema(this.#directory, hello.schema);
      await this.#adopt(hello.schema);
    }
    return { resume: this.durable(hello.stream) };
  }

  joined(hello: Hello): void {
    this.report(`link: ${hello.schema.robot} joined`);
    this.#runMetrics.stages.setDown(hello.downStage);
    this.#publisher.startAfter(hello.policyVersion);
    if (this.#publisher.current !== undefined) this.#link?.publish(this.#publisher.current);
    if (this.#options.lockstep) {
      this.#turns.join(hello.stream, hello.next);
      const { permitted } = this.#turns;
      if (permitted > this.next(hello.stream)) this.#link?.permit(hello.stream, permitted);
    }
    this.#wake.notify();
  }

  rows(stream: string, first: number, payload: Uint8Array, { stages, marks }: BesideRows): Taken {
    const from = this.next(stream);
    const taken = this.#experience!.take(stream, first, payload);
    const next = this.next(stream);
    eachRunWithin(stages, first, [from, next], (stage, steps) => this.#runMetrics.stages.add(stage, steps));
    if (taken === "taken") {
      // Before any of these rows is on the disk, so that a row that need not come again has its marks.
      const isHere = ([sequence]: WireMark) => sequence >= first && sequence < next;
      this.#marks.add(stream, marks.filter(isHere));
    }
    this.#wake.notify();
    return taken;
  }

  skipTo(stream: string, first: number): void {
    this.#experience!.skipTo(stream, first);
  }

  next(stream: string): number {
    return this.#experience!.next(stream);
  }

  durable(stream: string): number {
    return this.#experience!.durable(stream);
  }

  report(line: string): void {
    this.#options.onEvent({ type: "note", text: line });
  }

  status(): LearnerStatus {
    const { train } = this.#options.config;
    return {
      ...this.#progress.now(),
      phase: this.#options.signal.aborted ? "stopping" : phaseOf(this.#schema, this.#graph, this.#account, train),
      steps: this.#account.steps,
      fill: train.fill,
      updates: this.#account.updates,
      owed: owed(this.#account, train),
      policyVersion: this.#publisher.version,
      publishes: this.#publisher.count,
      robots: this.#link?.robots ?? 0,
      checkpoint: this.#checkpointer?.savedUpdates,
      diskError: this.#experience?.diskError?.message ?? this.#checkpointer?.error?.message,
      resumed: this.#resumed,
    };
  }

  /** Binds the run to a robot: finds what is known of it on disk and starts the training thread on it. */
  async #adopt(schema: StepSchema): Promise<void> {
    const { config, seed } = this.#options;
    this.#restoring = true;
    const { experience, account, checkpoint } = await resumeRun(this.#directory, schema, config, {
      onRing: (ring) => this.#training.addRing(ring).catch((error: Error) => this.#fail(error)),
      onStep: (step) => this.#received(step),
      onDurable: (stream, next) => this.#link?.ack(stream, next),
      report: (line) => this.report(line),
    });
    this.#restoring = false;
    this.#schema = schema;
    this.#experience = experience;
    this.#account = account;
    this.#checkpointer = new Checkpointer(
      {
        directory: join(this.#directory, CHECKPOINTS),
        keep: config.train.keepCheckpoints,
        everyMs: config.train.checkpointSeconds * 1000,
        retryMs: Math.min(RETRY_CHECKPOINT_MS, config.train.checkpointSeconds * 1000),
        nowMs: this.#nowMs,
        syncExperience: () => experience.sync(),
      },
      checkpoint?.meta.account,
    );
    this.#publisher.startAfter(checkpoint?.meta.policyVersion ?? 0);
    if (account.steps > 0) this.#resumed = { updates: account.updates, steps: account.steps };
    this.#prepare({ schema, config, seed }, checkpoint?.state).catch((error: Error) => this.#fail(error));
  }

  async #prepare(settings: TrainingSettings, state: TrainingState | undefined): Promise<void> {
    const graph = await this.#training.begin(settings);
    if (state !== undefined) await this.#training.load(state);
    this.#graph = graph;
    this.#wake.notify();
  }

  #fail(error: Error): void {
    this.#failure ??= error;
    this.#wake.notify();
  }

  #received(step: Step): void {
    this.#progress.step(step.reward);
    this.#runMetrics.step(step);
    if (!this.#restoring) this.#account = receive(this.#account, 1, this.#options.config.train);
  }

  /** Does what is due now. True when that was an update, so there may be more at once. */
  async #advance(): Promise<boolean> {
    const { lockstep, config } = this.#options;
    if (this.#graph === undefined) return false;
    const updated = owed(this.#account, config.train) > 0 && (await this.#update());
    if (!lockstep) await this.#publishIfDue(this.#graph);
    else if (!updated) await this.#takeTurn(this.#graph);
    return updated;
  }

  async #update(): Promise<boolean> {
    const done = await this.#training.update();
    if (done === undefined) return false;
    this.#account = spend(this.#account);
    this.#progress.update(done.updateMs, done.metrics);
    await this.#reportIfDue();
    if (this.#account.updates % this.#options.config.train.logUpdates === 0) this.#logMetrics();
    return true;
  }

  /** A report that fails costs a line, once for each reason. */
  async #reportIfDue(): Promise<void> {
    const { everyUpdates } = this.#options.config.report;
    const { updates } = this.#account;
    if (everyUpdates === 0 || updates % everyUpdates !== 0) return;
    try {
      const metrics = await this.#training.report(updates);
      if (metrics !== undefined) this.#runMetrics.report(metrics);
      this.#reportError = undefined;
    } catch (error) {
      const { message } = error as Error;
      if (message !== this.#reportError) this.report(`report: ${message}; learning goes on`);
      this.#reportError = message;
    }
  }

  /** Lockstep: once the robot has got where it was let go to, and all updates are made, lets it go on. */
  async #takeTurn(graph: PolicyGraph): Promise<void> {
    const { stream } = this.#turns;
    if (stream === undefined || !this.#turns.isLearners(this.next(stream))) return;
    await this.#publishIfDue(graph);
    const through =
      this.next(stream) + stepsToNextStop(this.#account, this.#publisher.lastSteps, this.#options.config.train);
    this.#turns.permit(through);
    this.#link?.permit(stream, through);
  }

  async #publishIfDue(graph: PolicyGraph): Promise<void> {
    if (!this.#publisher.isDue(this.#account)) return;
    const account = this.#account;
    const weights = await this.#training.weights();
    this.#link?.publish(this.#publisher.make(this.#schema!, graph, weights, account));
  }

  async #checkpointIfDue(): Promise<void> {
    if (this.#graph === undefined || this.#checkpointer?.isDue(this.#account.updates) !== true) return;
    const meta = this.#meta();
    this.#checkpointer.start(meta, await this.#training.state());
    this.#publisher.store();
  }

  /** As of now; the training thread must be idle between this and its state. */
  #meta(): Omit<CheckpointMeta, "formatVersion" | "sampler"> {
    return {
      schema: this.#schema!,
      config: this.#options.config,
      account: this.#account,
      policyVersion: this.#publisher.version,
      streams: this.#experience!.streams(),
    };
  }

  #tick(): void {
    this.#progress.mark(this.#account.steps, this.#account.updates);
    const status = this.status();
    if (status.diskError !== this.#diskError) {
      this.report(status.diskError === undefined ? "disk: writing again" : `disk: ${status.diskError}`);
      this.#diskError = status.diskError;
    }
    this.#options.onEvent({ type: "status", status });
  }

  #logMetrics(): void {
    this.#progress.summarise();
    const { steps, updates } = this.#account;
    const policyVersion = this.#publisher.version;
    const progress = this.#progress.now();
    const metrics = { ...progress.metrics, ...this.#runMetrics.take(), ...this.#marks.metrics() };
    this.#metricsFile.add({ time: new Date().toISOString(), steps, updates, policyVersion, ...progress, metrics });
  }
}

function phaseOf(
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
