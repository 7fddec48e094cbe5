import { mkdirSync } from "node:fs";
import { join } from "node:path";
import type { FromLink, LinkStatus, StepMessage, SupervisorConfig, ToLink } from "../ipc.ts";
import { ImageCodec } from "../log/image-codec.ts";
import type { Heading } from "../log/mcap-file.ts";
import { RecordLog, type RecordLogOptions } from "../log/record-log.ts";
import type { StandardTopics } from "../log/standard-topics.ts";
import { stepTopic } from "../log/step-topic.ts";
import type { StepSchema } from "../step.ts";
import { robotTrust } from "../trust/trust.ts";
import { imageTensors } from "../wire/images.ts";
import { rowEpisode, rowReturn, rowTimeNs } from "../wire/step-codec.ts";
import { readAcked, writeAcked } from "./acked.ts";
import { connectorFor } from "./connect.ts";
import { readDatedFrom } from "./dated.ts";
import { Downlink } from "./downlink.ts";
import { ImageSpool } from "./image-spool.ts";
import { StepEncoder } from "./images/step-encoder.ts";
import { MarkLog } from "./mark-log.ts";
import { Numbering, UNSYNCED_STEPS } from "./numbering.ts";
import { recordingHeading } from "./recording-heading.ts";
import type { Connect } from "./socket.ts";
import { Spool } from "./spool.ts";
import { keepSchema } from "./spool-schema.ts";
import { StageLog } from "./stage-log.ts";
import { Uplink } from "./uplink.ts";

/** How often the spool is looked at where nothing is new. */
const STATUS_MS = 1000;

/** The link process behind its messages: spool, uplink, downlink. */
export class Link {
  readonly #config: SupervisorConfig;
  readonly #send: (message: FromLink) => void;
  readonly #standard: StandardTopics | undefined;
  readonly #spool: Spool;
  readonly #images: ImageSpool | undefined;
  readonly #encoder: StepEncoder;
  readonly #stages = new StageLog();
  readonly #marks: MarkLog;
  readonly #uplink: Uplink;
  readonly #downlink: Downlink;
  readonly #timers: readonly NodeJS.Timeout[];
  readonly #directory: string;
  readonly #running: Promise<void>;
  readonly #numbering: Numbering;
  #acked: number;
  #written: number;
  #unsynced = 0;
  #diskError: string | undefined;
  #flushing: NodeJS.Immediate | undefined;
  #syncing = false;
  #imagesNoted = 0;

  /** `resumed`: the session goes on, only this process is new. Throws when the robot's directory cannot be used. */
  constructor(
    config: SupervisorConfig,
    schema: StepSchema,
    resumed: boolean,
    send: (message: FromLink) => void,
    downStage?: string,
    connect?: Connect,
    standard?: StandardTopics,
  ) {
    const report = (text: string): void => send({ type: "note", text });
    const { link, policy, governor } = config.runtime;
    const lockstep = config.clock === "lockstep";
    this.#config = config;
    this.#standard = standard;
    this.#send = send;
    this.#directory = join(config.run, "robot");
    const logs = {
      segmentBytes: link.segmentMb * 2 ** 20,
      segmentMs: link.segmentMinutes * 60_000,
      chunkBytes: link.chunkKb * 1024,
      chunkMs: link.chunkMs,
      report,
    };
    const directory = join(this.#directory, "spool");
    mkdirSync(this.#directory, { recursive: true });
    keepSchema(this.#directory, schema);
    const topics = [stepTopic(schema), ...(standard?.topics ?? [])];
    const log = new RecordLog(directory, { ...logs, topics, heading: () => this.#heading(schema) });
    this.#images = openImages(schema, join(directory, "images"), logs, link);
    this.#spool = new Spool(log, link.recordingMb * 2 ** 20, this.#images);
    this.#encoder = new StepEncoder({
      schema,
      settings: link,
      waitingBytes: link.memoryImageMb * 2 ** 20,
      onStep: (step) => this.#keep(step),
      report,
    });
    this.#written = log.next;
    this.#acked = Math.min(Math.max(readAcked(this.#directory), log.first), log.next);
    this.#spool.forget(this.#acked);
    this.#numbering = new Numbering(this.#directory, log.next);
    this.#marks = new MarkLog({
      path: join(this.#directory, "marks.jsonl"),
      stream: this.#numbering.stream,
      from: this.#acked,
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
      connect: connect ?? connectorFor(link, report),
      spool: this.#spool,
      schema,
      lockstep,
      settings: link,
      policy: () => this.#downlink.policy,
      stream: () => this.#numbering.stream,
      streamFrom: () => this.#numbering.from,
      datedFrom: readDatedFrom(this.#directory, log.next),
      acked: this.#acked,
      stages: this.#stages,
      marks: this.#marks,
      downStage,
      trust: robotTrust(config.learner, config.trust ?? {}),
      renameStream: (from) => this.#rename(from),
      onWeights: (...policy) => this.#downlink.take(...policy),
      onPermit: (through) => send({ type: "permit", through }),
      onAck: () => this.#tellWritten(),
      onRefused: (reason) => send({ type: "refused", reason }),
      report,
    });
    const lastEpisode = log.last === undefined ? -1 : rowEpisode(log.last.messages[0]!.body);
    send({ type: "opened", sequence: log.next + this.#numbering.leftOut(resumed), episode: lastEpisode + 1 });
    this.#timers = [setInterval(() => this.#beat(), STATUS_MS), setInterval(() => void this.#sync(), link.syncMs)];
    this.#running = this.#uplink.run();
    this.#running.catch(() => {}); // whoever waits for `ended` is told
  }

  /** Rejects when the link cannot work at all. */
  get ended(): Promise<void> {
    return this.#running;
  }

  get status(): LinkStatus {
    const { state, acked, clock } = this.#uplink;
    const { made } = this.#downlink;
    return {
      state,
      acked,
      spoolDepth: this.#spool.next - acked,
      diskError: this.#diskError,
      imagesGivenUp: this.#images?.givenUp ?? { acked: 0, unacked: 0 },
      imagesLeftRaw: this.#encoder.leftRaw,
      ...(clock && { clock }),
      ...(made && { policyMade: made }),
    };
  }

  take(message: Exclude<ToLink, { type: "start" | "stop" }>): void {
    if (message.type === "acting") this.#downlink.acting(message.version);
    else if (message.type === "kept") this.#downlink.kept(message.reason);
    else if (message.type === "fault") this.#downlink.fault(message.cause, message.text);
    else this.#encoder.take(message);
  }

  #keep({ sequence, marks, row, images, measured, stage = "" }: StepMessage): void {
    if (marks !== undefined && sequence >= this.#spool.next) this.#marks.add(this.#numbering.stream, sequence, marks);
    if (sequence >= this.#spool.next) this.#downlink.step({ sequence, ...rowReturn(row) });
    const beside = measured && this.#standard?.messages(rowTimeNs(row), measured, 2);
    this.#spool.append(sequence, row, images, beside);
    this.#stages.add(sequence, stage);
    this.#unsynced++;
    this.#flushing ??= setImmediate(() => this.#flush());
  }

  /** Waits a while for the learner to ack; the spool keeps the rest. What no disk takes only the learner can keep. */
  async close(waitMs = this.#config.runtime.link.flushMs): Promise<void> {
    await this.#encoder.drained();
    this.#flush();
    await this.#uplink.close(this.#diskError === undefined ? waitMs : this.#config.runtime.link.flushMs);
    for (const timer of this.#timers) clearInterval(timer);
    const error = await this.#spool.close();
    writeAcked(this.#directory, this.#uplink.acked);
    if (error !== undefined) return;
    try {
      this.#numbering.close();
    } catch (error) {
      this.#send({ type: "note", text: `link: ${(error as Error).message}` });
    }
  }

  #flush(): void {
    clearImmediate(this.#flushing);
    this.#flushing = undefined;
    const error = this.#spool.flush();
    if ((error === undefined) !== (this.#diskError === undefined)) this.#diskTurned(error);
    this.#diskError = error?.message;
    this.#tellWritten();
    this.#uplink.kick();
    if (this.#unsynced > UNSYNCED_STEPS / 2) void this.#sync();
  }

  /** The disk takes steps no longer, or again. */
  #diskTurned(error: Error | undefined): void {
    this.#numbering.diskTurned(error === undefined);
    if (error !== undefined) this.#send({ type: "note", text: `link: steps are not on disk: ${error.message}` });
  }

  #tellWritten(): void {
    if (this.#spool.written <= this.#written) return;
    this.#written = this.#spool.written;
    this.#numbering.written();
    this.#send({ type: "written", through: this.#written });
  }

  #beat(): void {
    this.#downlink.beat();
    this.#flush();
    const { acked } = this.#uplink;
    if (acked !== this.#acked) writeAcked(this.#directory, acked);
    this.#acked = acked;
    this.#noteImages();
    this.#send({ type: "status", status: this.status });
  }

  #heading(schema: StepSchema): Heading {
    const { policy, manifest } = this.#downlink;
    const { stream } = this.#numbering;
    return recordingHeading({ config: this.#config, schema, stream, policyVersion: policy.policyVersion, manifest });
  }

  #noteImages(): void {
    const { acked, unacked } = this.status.imagesGivenUp;
    if (acked + unacked === this.#imagesNoted) return;
    this.#imagesNoted = acked + unacked;
    const text = `link: the disk is full: images given up of ${acked} steps the learner has and ${unacked} it has not`;
    this.#send({ type: "note", text });
  }

  async #sync(): Promise<void> {
    if (this.#syncing || this.#unsynced === 0) return;
    this.#syncing = true;
    this.#unsynced = 0;
    await this.#spool.sync();
    this.#syncing = false;
  }

  #rename(from: number): void {
    this.#marks.forget(this.#spool.next);
    this.#numbering.rename(from);
    this.#send({ type: "note", text: `link: ${this.#config.robot} goes on as stream ${this.#numbering.stream}` });
  }
}

function openImages(
  schema: StepSchema,
  directory: string,
  logs: Omit<RecordLogOptions, "topics">,
  link: SupervisorConfig["runtime"]["link"],
): ImageSpool | undefined {
  if (imageTensors(schema).length === 0) return undefined;
  const codec = new ImageCodec(schema);
  const log = new RecordLog(directory, { ...logs, topics: codec.topics });
  return new ImageSpool(log, codec, link.recordingImagesMb * 2 ** 20, link.memoryImageMb * 2 ** 20);
}
