import { randomBytes } from "node:crypto";
import type { RUNTIME_DEFAULTS } from "../defaults.ts";
import { encodeMessage, type RobotMessage } from "../wire/messages.ts";
import { markFirst } from "../wire/step-codec.ts";
import type { MarkLog } from "./mark-log.ts";
import { type Batch, takeBatch } from "./row-batch.ts";
import { SentRows } from "./sent-rows.ts";
import type { Broker } from "./socket.ts";
import type { Spool } from "./spool.ts";
import type { StageLog } from "./stage-log.ts";

/** What lets a robot forget a step: that it is on the learner's disk, or that it is on a broker's. */
export const FORGETS: readonly string[] = ["learner", "broker"];

export interface RowSenderOptions {
  readonly spool: Spool;
  readonly stages: StageLog;
  readonly marks: MarkLog;
  readonly settings: typeof RUNTIME_DEFAULTS.link;
  readonly lockstep: boolean;
  /** The robot has images. */
  readonly sees: boolean;
  readonly stream: () => string;
  /** First step of the stream; those before it are another's. */
  readonly streamFrom: () => number;
  /** Every step below this was on the learner's disk when the process before this one ended. */
  readonly acked: number;
  /** Of the connection that stands. */
  readonly broker: () => Broker | undefined;
  readonly say: (message: RobotMessage, ...payloads: Uint8Array[]) => Promise<boolean>;
  readonly report: (line: string) => void;
}

/** Sends the spool's rows from where the learner wants them, as fast as learner or broker say that they have them. */
export class RowSender {
  readonly #options: RowSenderOptions;
  readonly #process = randomBytes(4).toString("hex");
  readonly #sent: SentRows;
  /** It is known where to go on. */
  #flowing = false;
  /** First step that was not sent, and where sending began. */
  #cursor = 0;
  #began = 0;
  #turn = 0;
  #acked: number;
  /** When `acked` last rose, or caught up with what was sent. */
  #progressMs = 0;
  /** The broker did not take rows: they go out again after this. */
  #pausedUntilMs = 0;
  #lost = false;
  #pumping = false;
  #timer: NodeJS.Timeout | undefined;

  constructor(options: RowSenderOptions) {
    this.#options = options;
    this.#acked = options.acked;
    this.#sent = new SentRows(options.acked);
  }

  /** Every step below this is durable at the learner. */
  get acked(): number {
    return this.#acked;
  }

  /** Every step below this is durable at the learner or, from where this connection began, at the broker. */
  get safe(): number {
    return this.#flowing ? Math.max(this.#acked, this.#sent.safe) : this.#acked;
  }

  /** Steps below this may be forgotten. */
  get forgettable(): number {
    return this.#options.settings.nats.forget === "broker" ? this.safe : this.#acked;
  }

  get flowing(): boolean {
    return this.#flowing;
  }

  /** The learner wants the rows from `resume` on. `asked`: it has missed some, whatever a broker said that it had. */
  begin(resume: number, asked: boolean): void {
    const from = Math.max(resume, this.#options.streamFrom());
    const isOnItsWay = this.#flowing && from >= this.#began && from <= this.#sent.safe;
    if (this.#options.broker() === undefined || asked || !isOnItsWay) {
      this.#turn++;
      this.#began = from;
      this.#cursor = from;
      this.#sent.restart(from);
      this.#lost = false;
    }
    this.#flowing = true;
    this.ack(from);
  }

  /** Nothing goes out any more until `begin`. */
  halt(): void {
    this.#flowing = false;
    clearTimeout(this.#timer);
    this.#timer = undefined;
  }

  ack(next: number): void {
    this.#progressMs = performance.now();
    this.#acked = Math.min(next, this.#options.spool.next);
    this.#sent.ack(this.#acked);
    this.#cursor = Math.max(this.#cursor, this.#acked);
    void this.pump();
  }

  /** New steps are in the spool: sends them now (lockstep) or together with what comes soon. */
  kick(): void {
    const { lockstep, spool, settings } = this.#options;
    if (lockstep || spool.next - this.#cursor >= settings.batchRows) void this.pump();
    else this.#timer ??= setTimeout(() => void this.pump(), settings.batchMs);
  }

  /** To be called several times a second: what nobody has said to have is sent again. */
  beat(nowMs: number): void {
    if (!this.#flowing) return;
    const isDirect = this.#options.broker() === undefined;
    if (isDirect && this.#acked >= this.#cursor) this.#progressMs = nowMs;
    if (isDirect && nowMs - this.#progressMs > this.#options.settings.resendMs) {
      this.#progressMs = nowMs;
      this.#lost = true;
    }
    if (this.#lost && !this.#pumping) {
      this.#lost = false;
      this.#sent.giveUp();
      this.#cursor = this.#sent.safe;
    } else if (isDirect) return;
    void this.pump();
  }

  async pump(): Promise<void> {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    if (this.#pumping) return;
    this.#pumping = true;
    try {
      while (this.#flowing && !this.#lost && (await this.#sendRows())) {}
    } catch (error) {
      this.#pause();
      this.#options.report(`link: rows from ${this.#cursor} were not sent: ${(error as Error).message}`);
    } finally {
      this.#pumping = false;
    }
  }

  /** Sends one batch; false when there is nothing to send, or no room. */
  async #sendRows(): Promise<boolean> {
    const from = this.#cursor;
    const turn = this.#turn;
    const batch = performance.now() < this.#pausedUntilMs ? undefined : this.#batch(from);
    if (batch === undefined) return false;
    const { first, rows, frames } = batch;
    const end = first + rows.length;
    const bytes = frames.reduce((sum, { length }) => sum + length, 0);
    this.#cursor = end;
    const sent = this.#sent.add(first, rows.length, bytes);
    let wentOut = false;
    try {
      wentOut = await this.#send(this.#message(batch, from), batch, sent);
    } finally {
      if (!wentOut) this.#sent.remove(sent);
      if (!wentOut && turn === this.#turn) this.#cursor = Math.min(this.#cursor, from);
    }
    return wentOut;
  }

  #batch(from: number): Batch | undefined {
    const { spool, settings, sees, broker } = this.#options;
    const room = settings.windowRows - (from - this.safe);
    if (room <= 0 || this.#sent.bytes >= settings.windowMb * 2 ** 20) return undefined;
    const rows = Math.min(this.#sent.countFrom(from) ?? settings.batchRows, room);
    const bytes = broker()?.maxBytes ?? Number.POSITIVE_INFINITY;
    return takeBatch(spool, from, { rows, imageBytes: settings.batchMb * 2 ** 20, bytes, sees });
  }

  #message({ first, rows, images, imagesGone }: Batch, from: number): Extract<RobotMessage, { type: "rows" }> {
    const { stages, marks, stream, streamFrom, sees } = this.#options;
    const count = rows.length;
    const gap = first > from || (first > 0 && first === streamFrom());
    const marked = marks.take(first, count);
    const beside = { stages: stages.take(first, count), ...(marked.length > 0 ? { marks: marked } : {}) };
    const seen = sees ? { images, imagesGone } : {};
    return { type: "rows", stream: stream(), first, count, gap, ...beside, ...seen };
  }

  async #send(message: Extract<RobotMessage, { type: "rows" }>, batch: Batch, sent: object): Promise<boolean> {
    const rows = Buffer.concat(batch.rows);
    if (message.gap) markFirst(rows);
    const broker = this.#options.broker();
    if (broker === undefined) return this.#options.say(message, rows, ...batch.frames);
    const { stream, first, count } = message;
    const name = { stream, first, count, turn: `${this.#process}${this.#turn}` };
    const kept = broker.keep(name, encodeMessage(message, rows, ...batch.frames));
    void kept?.then((isKept) => this.#settle(sent, isKept));
    return kept !== undefined;
  }

  #settle(sent: object, isKept: boolean): void {
    if (isKept) {
      this.#sent.keep(sent);
      void this.pump();
    } else {
      this.#lost = true;
      this.#pause();
    }
  }

  #pause(): void {
    this.#pausedUntilMs = performance.now() + this.#options.settings.nats.retryMs;
  }
}
