import { join } from "node:path";
import type { FromLink, LinkStatus, SupervisorConfig, ToLink } from "../ipc.ts";
import { RecordLog } from "../log/record-log.ts";
import { stepTopic } from "../log/step-topic.ts";
import type { StepSchema } from "../step.ts";
import { rowEpisode, rowReturn } from "../wire/step-codec.ts";
import { Downlink } from "./downlink.ts";
import { newIdentity, readIdentity, writeIdentity } from "./identity.ts";
import { MarkLog } from "./mark-log.ts";
import { type Connect, connectDealer } from "./socket.ts";
import { Spool } from "./spool.ts";
import { StageLog } from "./stage-log.ts";
import { Uplink } from "./uplink.ts";

/** A power loss costs fewer steps than this: numbers that may have gone out are not given twice. */
const UNSYNCED_STEPS = 4096;
const SYNC_MS = 1000;

/** The link process behind its messages: spool, uplink, downlink. */
export class Link {
  readonly #config: SupervisorConfig;
  readonly #send: (message: FromLink) => void;
  readonly #spool: Spool;
  readonly #stages = new StageLog();
  readonly #marks: MarkLog;
  readonly #uplink: Uplink;
  readonly #downlink: Downlink;
  readonly #timer: NodeJS.Timeout;
  readonly #directory: string;
  readonly #running: Promise<void>;
  #stream: string;
  #written: number;
  #unsynced = 0;
  #diskError: string | undefined;
  #flushing: NodeJS.Immediate | undefined;
  #syncing = false;

  /** `resumed`: the session goes on, only this process is new. Throws when the robot's directory cannot be used. */
  constructor(
    config: SupervisorConfig,
    schema: StepSchema,
    resumed: boolean,
    send: (message: FromLink) => void,
    downStage?: string,
    connect: Connect = connectDealer,
  ) {
    const report = (text: string): void => send({ type: "note", text });
    const { link, policy, governor } = config.runtime;
    const lockstep = config.clock === "lockstep";
    this.#config = config;
    this.#send = send;
    this.#directory = join(config.run, "robot");
    const log = new RecordLog(join(this.#directory, "spool"), {
      topics: [stepTopic(schema)],
      segmentBytes: link.segmentMb * 2 ** 20,
      report,
    });
    this.#spool = new Spool(log);
    this.#written = log.next;
    const identity = readIdentity(this.#directory);
    this.#stream = identity.stream;
    writeIdentity(this.#directory, { stream: this.#stream, closed: false });
    this.#marks = new MarkLog({
      path: join(this.#directory, "marks.jsonl"),
      stream: this.#stream,
      from: log.first,
      next: log.next,
      report,
    });
    this.#downlink = new Downlink({
      directory: join(this.#directory, "policy"),
      schema,
      settings: policy,
      lockstep,
      swap: (path) => send({ type: "swap", path }),
      timeoutMs: lockstep ? governor.lockstepTimeoutMs : 10_000,
      report,
    });
    this.#uplink = new Uplink({
      endpoint: config.learner,
      connect,
      spool: this.#spool,
      schema,
      lockstep,
      settings: link,
      policy: () => this.#downlink.policy,
      stream: () => this.#stream,
      stages: this.#stages,
      marks: this.#marks,
      downStage,
      renameStream: () => this.#rename(),
      onWeights: (manifest, weights, graph) => this.#downlink.take(manifest, weights, graph),
      onPermit: (through) => send({ type: "permit", through }),
      onAck: () => this.#tellWritten(),
      onRefused: (reason) => send({ type: "refused", reason }),
      report,
    });
    const lastEpisode = log.last === undefined ? -1 : rowEpisode(log.last.messages[0]!.body);
    const clean = resumed || identity.closed || log.next === 0;
    send({ type: "opened", sequence: log.next + (clean ? 0 : UNSYNCED_STEPS), episode: lastEpisode + 1 });
    this.#timer = setInterval(() => this.#beat(), SYNC_MS);
    this.#running = this.#uplink.run();
    this.#running.catch(() => {}); // whoever waits for `ended` is told
  }

  /** Rejects when the link cannot work at all. */
  get ended(): Promise<void> {
    return this.#running;
  }

  get status(): LinkStatus {
    const { state, acked } = this.#uplink;
    return { state, acked, spoolDepth: this.#spool.next - acked, diskError: this.#diskError };
  }

  take(message: Exclude<ToLink, { type: "start" | "stop" }>): void {
    if (message.type === "acting") this.#downlink.acting(message.version);
    else if (message.type === "kept") this.#downlink.kept(message.reason);
    else if (message.type === "fault") this.#downlink.fault(message.cause, message.text);
    else {
      const { sequence, marks } = message;
      if (marks !== undefined && sequence >= this.#spool.next) this.#marks.add(this.#stream, sequence, marks);
      if (sequence >= this.#spool.next) this.#downlink.step({ sequence, ...rowReturn(message.row) });
      this.#spool.append(message.sequence, message.row);
      this.#stages.add(message.sequence, message.stage ?? "");
      this.#unsynced++;
      this.#flushing ??= setImmediate(() => this.#flush());
    }
  }

  /** Waits a while for the learner to ack; the spool keeps the rest. */
  async close(): Promise<void> {
    this.#flush();
    await this.#uplink.close();
    clearInterval(this.#timer);
    const error = await this.#spool.close();
    if (error === undefined) writeIdentity(this.#directory, { stream: this.#stream, closed: true });
  }

  #flush(): void {
    clearImmediate(this.#flushing);
    this.#flushing = undefined;
    const error = this.#spool.flush();
    if (error !== undefined && this.#diskError === undefined) {
      this.#send({ type: "note", text: `link: steps are not on disk: ${error.message}` });
    }
    this.#diskError = error?.message;
    this.#tellWritten();
    this.#uplink.kick();
    if (this.#unsynced > UNSYNCED_STEPS / 2) void this.#sync();
  }

  #tellWritten(): void {
    if (this.#spool.written <= this.#written) return;
    this.#written = this.#spool.written;
    this.#send({ type: "written", through: this.#written });
  }

  #beat(): void {
    this.#downlink.beat();
    this.#flush();
    void this.#sync();
    this.#send({ type: "status", status: this.status });
  }

  async #sync(): Promise<void> {
    if (this.#syncing || this.#unsynced === 0) return;
    this.#syncing = true;
    this.#unsynced = 0;
    await this.#spool.sync();
    this.#syncing = false;
  }

  #rename(): void {
    this.#spool.forget(this.#spool.next);
    this.#marks.forget(this.#spool.next);
    this.#stream = newIdentity().stream;
    writeIdentity(this.#directory, { stream: this.#stream, closed: false });
    this.#send({ type: "note", text: `link: ${this.#config.robot} goes on as stream ${this.#stream}` });
  }
}
