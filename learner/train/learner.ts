import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { policySchema, type StepSchema } from "../../runtime/step.ts";
import { learnerTrust, type TrustOptions } from "../../runtime/trust/trust.ts";
import type { PolicyGraph } from "../algorithm/policy-graph.ts";
import type { LearnerConfig } from "../config.ts";
import { type Ring, ringRows } from "../replay/ring.ts";
import { type Room, roomFor, roomLine } from "../replay/room.ts";
import { rowSizes } from "../replay/row.ts";
import { checkConfig } from "./checks.ts";
import { Duties } from "./duties.ts";
import { phaseOf } from "./phase.ts";
import { Publisher } from "./publish.ts";
import { owed } from "./ratio.ts";
import { Records } from "./records.ts";
import { Robots } from "./robots.ts";
import { openRun, type Run } from "./run.ts";
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
  /** Which keys to use. */
  readonly trust?: TrustOptions;
  readonly onEvent: (event: LearnerEvent) => void;
  /** Aborted: finish the update in flight, write a checkpoint, return. */
  readonly signal: AbortSignal;
  readonly training?: Training;
  readonly nowMs?: () => number;
}

const STATUS_MS = 1000;

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

class Learner {
  readonly #options: LearnerOptions;
  readonly #nowMs: () => number;
  readonly #directory: string;
  readonly #training: Training;
  readonly #wake = new Wake();
  readonly #records: Records;
  readonly #publisher: Publisher;
  readonly #robots: Robots;
  readonly #duties: Duties;
  readonly #rings: Ring[] = [];
  #room: Room | undefined;
  /** Undefined before the run's first robot. */
  #run: Run | undefined;
  /** Undefined until the training is ready. */
  #graph: PolicyGraph | undefined;
  #failure: Error | undefined;
  #resumed: LearnerStatus["resumed"];
  #diskError: string | undefined;
  #timer: NodeJS.Timeout | undefined;

  constructor(options: LearnerOptions) {
    const { config, lockstep } = options;
    checkConfig(config);
    this.#options = options;
    this.#nowMs = options.nowMs ?? (() => performance.now());
    this.#directory = join(options.run, "learner");
    mkdirSync(this.#directory, { recursive: true });
    const report = (line: string) => this.#report(line);
    const records = new Records(this.#directory, config, report);
    const publisher = new Publisher({
      directory: join(options.run, "policy"),
      settings: config.train,
      lockstep,
      nowMs: this.#nowMs,
      report,
    });
    const robots = new Robots({
      lockstep,
      records,
      publisher,
      wake: this.#wake,
      run: () => this.#run,
      found: async (schema) => {
        writeRunSchema(this.#directory, schema);
        await this.#adopt(schema);
      },
      report,
    });
    const training = options.training ?? startTrainingThread();
    this.#duties = new Duties({ config, lockstep, training, records, publisher, robots, report });
    this.#records = records;
    this.#publisher = publisher;
    this.#robots = robots;
    this.#training = training;
  }

  async open(): Promise<void> {
    this.#options.signal.addEventListener("abort", () => this.#wake.notify());
    this.#timer = setInterval(() => this.#tick(), STATUS_MS);
    const { bind, trust = {} } = this.#options;
    await this.#robots.bind(bind, this.#nowMs, learnerTrust(bind, trust), this.#options.config.nats);
    const schema = readRunSchema(this.#directory);
    if (schema !== undefined) await this.#adopt(schema);
    this.#options.onEvent({ type: "ready", endpoint: this.#robots.serve() });
  }

  async learn(): Promise<void> {
    while (!this.#options.signal.aborted) {
      const [run, graph] = [this.#run, this.#graph];
      const isReady = run !== undefined && graph !== undefined;
      const updated = isReady && (await this.#duties.advance(run, graph));
      if (this.#failure !== undefined) throw this.#failure;
      if (isReady) await this.#duties.checkpointIfDue(run);
      if (!updated) await this.#wake.wait(STATUS_MS);
    }
  }

  /** Acks what arrived and writes the last checkpoint. */
  async save(): Promise<void> {
    await this.#run?.experience.sync();
    await this.#robots.close();
    if (this.#run !== undefined && this.#graph !== undefined) await this.#duties.finish(this.#run);
    const error = this.#run?.checkpointer.error;
    if (error !== undefined) this.#report(`checkpoint: ${error.message}; the one before is kept`);
    this.#records.log(this.#publisher.version, this.#robots.streams());
  }

  async close(): Promise<void> {
    clearInterval(this.#timer);
    await this.#robots.close();
    await this.#training.close().catch((error: Error) => this.#report(error.message));
    await this.#run?.experience.close();
    await this.#records.close();
  }

  status(): LearnerStatus {
    const { train } = this.#options.config;
    const { account } = this.#records;
    const run = this.#run;
    return {
      ...this.#records.progress.now(),
      phase: this.#options.signal.aborted ? "stopping" : phaseOf(run?.schema, this.#graph, account, train),
      steps: account.steps,
      fill: train.fill,
      updates: account.updates,
      owed: owed(account, train),
      policyVersion: this.#publisher.version,
      publishes: this.#publisher.count,
      robots: this.#robots.count,
      streams: this.#robots.streams(),
      checkpoint: run?.checkpointer.savedUpdates,
      replay: this.#room && { room: this.#room, rows: ringRows(this.#rings) },
      diskError: run?.experience.diskError?.message ?? run?.checkpointer.error?.message,
      resumed: this.#resumed,
    };
  }

  /** Binds the run to a robot: finds what is known of it on disk and starts the training thread on it. */
  async #adopt(schema: StepSchema): Promise<void> {
    const { config, seed } = this.#options;
    const records = this.#records;
    this.#room = roomFor(rowSizes(schema, config.replay), config.replay);
    this.#report(roomLine(this.#room));
    let restoring = true;
    const run = await openRun(this.#directory, schema, config, this.#nowMs, {
      onRing: (ring) => {
        this.#rings.push(ring);
        this.#training.addRing(ring).catch((error: Error) => this.#fail(error));
      },
      onStep: (step, stream) => {
        if (restoring) return records.restored(step);
        records.received(step);
        this.#robots.took(stream, step);
      },
      onDurable: (stream, next) => this.#robots.ack(stream, next),
      report: (line) => this.#report(line),
    });
    restoring = false;
    const { account, checkpoint } = run;
    this.#run = run;
    records.resume(account);
    this.#publisher.startAfter(checkpoint?.meta.policyVersion ?? 0);
    if (account.steps > 0) this.#resumed = { updates: account.updates, steps: account.steps };
    this.#prepare({ schema: policySchema(schema), config, seed }, checkpoint?.state).catch((error: Error) =>
      this.#fail(error),
    );
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

  #tick(): void {
    this.#records.mark();
    const status = this.status();
    if (status.diskError !== this.#diskError) {
      this.#report(status.diskError === undefined ? "disk: writing again" : `disk: ${status.diskError}`);
      this.#diskError = status.diskError;
    }
    this.#options.onEvent({ type: "status", status });
  }

  #report(line: string): void {
    this.#options.onEvent({ type: "note", text: line });
  }
}
