import type { RUNTIME_DEFAULTS } from "../defaults.ts";
import { type StepSchema, schemaHash } from "../step.ts";
import { isSigned, signText } from "../trust/keys.ts";
import { helloStatement, policyStatement } from "../trust/statements.ts";
import type { RobotTrust } from "../trust/trust.ts";
import { type GoneImages, imageTensors, type WireImage } from "../wire/images.ts";
import type { PolicyManifest } from "../wire/manifest.ts";
import { decodeMessage, encodeMessage, PROTOCOL, type RobotMessage } from "../wire/messages.ts";
import { PolicyIntake } from "../wire/policy-parts.ts";
import { markFirst } from "../wire/step-codec.ts";
import type { MarkLog } from "./mark-log.ts";
import type { Connect, LinkSocket } from "./socket.ts";
import type { Rows, Spool } from "./spool.ts";
import type { StageLog } from "./stage-log.ts";

export interface UplinkOptions {
  readonly endpoint: string;
  readonly connect: Connect;
  readonly spool: Spool;
  readonly schema: StepSchema;
  readonly lockstep: boolean;
  readonly settings: typeof RUNTIME_DEFAULTS.link;
  /** Asked at every hello. */
  readonly policy: () => { readonly graphHash: string; readonly policyVersion: number };
  readonly stream: () => string;
  /** First step of the stream; those before it are another's. */
  readonly streamFrom: () => number;
  /** Every step below this was on the learner's disk when the process before this one ended. */
  readonly acked: number;
  readonly stages: StageLog;
  readonly marks: MarkLog;
  readonly downStage: string | undefined;
  /** Undefined on this machine, where none is needed. */
  readonly trust: RobotTrust | undefined;
  /** The learner knows a later end of this stream than the spool: give it a new name. */
  readonly renameStream: () => void;
  /** Resolves when the policy acts, or was turned down; nothing later is heard before. */
  readonly onWeights: (manifest: PolicyManifest, weights: Uint8Array, graph: Uint8Array) => Promise<void>;
  readonly onPermit: (through: number) => void;
  readonly onAck: () => void;
  readonly onRefused: (reason: string) => void;
  readonly report: (line: string) => void;
}

export type LinkState = "connecting" | "connected" | "refused" | "closed";

interface Batch extends Rows {
  readonly images: readonly WireImage[];
  readonly imagesGone: readonly GoneImages[];
  /** Of `images`, in turn. */
  readonly frames: readonly Uint8Array[];
}

/** Brings the spool's steps to the learner, over as many connections, restarts and resends as it takes. */
export class Uplink {
  readonly #options: UplinkOptions;
  #state: LinkState = "connecting";
  #socket: LinkSocket | undefined;
  #saidHello = false;
  #heardMs = 0;
  #saidMs = 0;
  /** A message is being acted on: silence is ours. */
  #busy = false;
  /** First step that was not sent on this connection. */
  #cursor = 0;
  #acked = 0;
  /** Of messages that are not acked: the step behind theirs, and what their images weigh. */
  #imageBytes: (readonly [next: number, bytes: number])[] = [];
  /** The robot has images. */
  readonly #sees: boolean;
  /** When `acked` last rose, or caught up with what was sent. */
  #progressMs = 0;
  #pumping = false;
  /** The policy that is arriving. */
  #intake: PolicyIntake | undefined;
  #pumpTimer: NodeJS.Timeout | undefined;

  constructor(options: UplinkOptions) {
    this.#options = options;
    this.#acked = options.acked;
    this.#sees = imageTensors(options.schema).length > 0;
  }

  get state(): LinkState {
    return this.#state;
  }

  /** Every step below this is durable at the learner. */
  get acked(): number {
    return this.#acked;
  }

  /** Runs until `close` or a refusal. Throws only when sockets cannot be made at all. */
  async run(): Promise<void> {
    while (this.#state !== "refused" && this.#state !== "closed") {
      this.#state = "connecting";
      this.#saidHello = false;
      this.#heardMs = performance.now();
      this.#socket = await this.#options.connect(this.#options.endpoint, this.#options.trust);
      const beat = setInterval(() => void this.#beat(), Math.min(100, this.#options.settings.aliveMs));
      try {
        await this.#beat();
        for await (const frames of this.#socket) await this.#hear(frames);
      } finally {
        clearInterval(beat);
        this.#socket.close();
      }
    }
  }

  /** New steps are in the spool: sends them now (lockstep) or together with what comes soon. */
  kick(): void {
    if (this.#options.lockstep || this.#options.spool.next - this.#cursor >= this.#options.settings.batchRows) {
      void this.#pump();
    } else {
      this.#pumpTimer ??= setTimeout(() => void this.#pump(), this.#options.settings.batchMs);
    }
  }

  /** Waits until everything is acked, at most `waitMs`, then says goodbye. */
  async close(waitMs: number): Promise<void> {
    const { spool } = this.#options;
    const until = performance.now() + waitMs;
    while (this.#state === "connected" && this.#acked < spool.next && performance.now() < until) {
      void this.#pump();
      await new Promise((resolve) => setTimeout(resolve, 5));
    }
    if (this.#state === "connected") await this.#say({ type: "bye" });
    clearTimeout(this.#pumpTimer);
    this.#state = "closed";
    this.#socket?.close();
  }

  async #beat(): Promise<void> {
    const { aliveMs, silentMs, resendMs } = this.#options.settings;
    const now = performance.now();
    if (this.#acked >= this.#cursor) this.#progressMs = now;
    if (this.#state === "connected" && now - this.#progressMs > resendMs) {
      this.#progressMs = now;
      this.#cursor = this.#acked;
      this.#imageBytes = [];
      void this.#pump();
    }
    if (this.#busy) this.#heardMs = now;
    if (!this.#saidHello) await this.#hello();
    else if (now - this.#heardMs > silentMs) this.#socket?.close();
    else if (this.#state === "connected" && now - this.#saidMs > aliveMs) await this.#say({ type: "alive" });
  }

  async #hello(): Promise<void> {
    const { schema, spool, lockstep, downStage } = this.#options;
    this.#saidHello = true;
    this.#heardMs = performance.now();
    this.#saidHello = await this.#say({
      type: "hello",
      protocol: PROTOCOL,
      robot: schema.robot,
      stream: this.#options.stream(),
      schema,
      schemaHash: schemaHash(schema),
      next: spool.next,
      lockstep,
      ...this.#options.policy(),
      ...(downStage === undefined ? {} : { downStage }),
      ...this.#signed(),
    });
  }

  #signed(): { from?: string; signature?: string } {
    const { schema, stream, trust } = this.#options;
    if (trust === undefined) return {};
    return { from: trust.own.name, signature: signText(helloStatement(schema.robot, stream()), trust.own) };
  }

  async #hear(frames: readonly Uint8Array[]): Promise<void> {
    this.#busy = true;
    try {
      await this.#act(frames);
    } catch (error) {
      this.#options.report(`link: passed over a message: ${(error as Error).message}`);
    } finally {
      this.#busy = false;
      this.#heardMs = performance.now();
    }
  }

  async #act(frames: readonly Uint8Array[]): Promise<void> {
    const { message, payloads } = decodeMessage(frames);
    switch (message.type) {
      case "welcome":
        return this.#welcome(count(message.resume, "welcome.resume"));
      case "ack":
        return this.#ack(count(message.next, "ack.next"));
      case "permit":
        return this.#options.onPermit(count(message.through, "permit.through"));
      case "weights": {
        this.#intake = undefined;
        const { trust } = this.#options;
        if (trust !== undefined && !isSigned(policyStatement(message.manifest), message.signature, trust.learner)) {
          throw new Error(
            `policy ${message.manifest.policyVersion}: expected it signed by ${trust.learner.name}, found it not`,
          );
        }
        this.#intake = new PolicyIntake(message.manifest, message);
        return undefined;
      }
      case "part":
        return this.#takePart(message.policyVersion, message.index, payloads[0]);
      case "refuse":
        this.#state = "refused";
        this.#options.onRefused(String(message.reason));
        this.#socket?.close();
        return undefined;
      case "alive":
        return undefined;
      default:
        throw new Error(`expected a learner's message, found "${message.type}"`);
    }
  }

  /** Says at once that it is there, the last one when the policy acts: nothing that comes after is heard before. */
  async #takePart(policyVersion: number, index: number, part: Uint8Array = new Uint8Array(0)): Promise<void> {
    const intake = this.#intake;
    try {
      if (intake?.manifest.policyVersion !== policyVersion) return; // of one that was turned down
      const whole = intake.add(index, part);
      if (whole === undefined) return;
      this.#intake = undefined;
      await this.#options.onWeights(intake.manifest, whole.weights, whole.graph);
    } finally {
      await this.#say({ type: "got", policyVersion, index });
    }
  }

  #welcome(resume: number): void {
    const { spool, renameStream } = this.#options;
    if (resume > spool.next) {
      this.#options.report(
        `link: the learner has steps up to ${resume}, the spool up to ${spool.next}: a new stream begins`,
      );
      renameStream();
      this.#socket?.close();
      return;
    }
    const from = Math.max(resume, this.#options.streamFrom());
    this.#state = "connected";
    this.#cursor = from;
    this.#imageBytes = [];
    this.#ack(from);
    void this.#pump();
  }

  #ack(next: number): void {
    this.#progressMs = performance.now();
    this.#acked = Math.min(next, this.#options.spool.next);
    this.#imageBytes = this.#imageBytes.filter(([end]) => end > this.#acked);
    this.#options.spool.forget(this.#acked);
    this.#options.stages.forget(this.#acked);
    this.#options.marks.forget(this.#acked);
    this.#options.onAck();
    void this.#pump();
  }

  async #pump(): Promise<void> {
    clearTimeout(this.#pumpTimer);
    this.#pumpTimer = undefined;
    if (this.#pumping) return;
    this.#pumping = true;
    try {
      while (this.#state === "connected" && (await this.#sendRows())) {}
    } finally {
      this.#pumping = false;
    }
  }

  /** Sends one batch; false when there is nothing to send, or no room. */
  async #sendRows(): Promise<boolean> {
    const { settings, stages, stream, streamFrom } = this.#options;
    const from = this.#cursor;
    const room = settings.windowRows - (from - this.#acked);
    const batch = room > 0 ? this.#batch(from, Math.min(settings.batchRows, room)) : undefined;
    if (batch === undefined) return false;
    const gap = batch.first > from || (batch.first > 0 && batch.first === streamFrom());
    const rows = Buffer.concat(batch.rows);
    if (gap) markFirst(rows);
    this.#cursor = batch.first + batch.rows.length;
    const { first } = batch;
    const count = batch.rows.length;
    const marks = this.#options.marks.take(first, count);
    const beside = { stages: stages.take(first, count), ...(marks.length > 0 ? { marks } : {}) };
    const { images, imagesGone, frames } = batch;
    const seen = this.#sees ? { images, imagesGone } : {};
    const sent = await this.#say(
      { type: "rows", stream: stream(), first, count, gap, ...beside, ...seen },
      rows,
      ...frames,
    );
    if (sent && frames.length > 0) this.#sentImages(batch.first + count, frames);
    if (!sent) this.#cursor = Math.min(this.#cursor, from);
    return sent;
  }

  /** Rows with their images, as many as one message and what may be on its way have room for, one at least. */
  #batch(from: number, most: number): Batch | undefined {
    const { spool, settings } = this.#options;
    const onTheirWay = this.#imageBytes.reduce((sum, [, bytes]) => sum + bytes, 0);
    if (onTheirWay >= settings.windowMb * 2 ** 20) return undefined;
    const taken = spool.take(from, most);
    if (taken === undefined || !this.#sees) return taken && { ...taken, images: [], imagesGone: [], frames: [] };
    const images: WireImage[] = [];
    const imagesGone: [number, number][] = [];
    const frames: Uint8Array[] = [];
    let count = 0;
    for (let bytes = 0; count < taken.rows.length && bytes < settings.batchMb * 2 ** 20; count++) {
      const sequence = taken.first + count;
      const found = spool.images(sequence);
      const last = imagesGone.at(-1);
      if (found === undefined && last !== undefined && last[0] + last[1] === sequence) last[1]++;
      else if (found === undefined) imagesGone.push([sequence, 1]);
      for (const { name, encoding, data } of found ?? []) {
        images.push([sequence, name, encoding]);
        frames.push(data);
        bytes += data.length;
      }
    }
    return { first: taken.first, rows: taken.rows.slice(0, count), images, imagesGone, frames };
  }

  #sentImages(next: number, frames: readonly Uint8Array[]): void {
    this.#imageBytes.push([next, frames.reduce((sum, { length }) => sum + length, 0)]);
  }

  async #say(message: RobotMessage, ...payloads: Uint8Array[]): Promise<boolean> {
    if (this.#socket === undefined) return false;
    try {
      const sent = await this.#socket.send(encodeMessage(message, ...payloads));
      if (sent) this.#saidMs = performance.now();
      return sent;
    } catch (error) {
      this.#options.report(`link: "${message.type}" was not sent: ${(error as Error).message}`);
      return false;
    }
  }
}

function count(value: unknown, name: string): number {
  if (!Number.isSafeInteger(value) || (value as number) < 0) {
    throw new Error(`${name}: expected a whole number, found ${JSON.stringify(value)}`);
  }
  return value as number;
}
