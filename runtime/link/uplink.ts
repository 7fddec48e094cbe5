import type { RUNTIME_DEFAULTS } from "../defaults.ts";
import { type StepSchema, schemaHash } from "../step.ts";
import { signText } from "../trust/keys.ts";
import { helloStatement } from "../trust/statements.ts";
import type { RobotTrust } from "../trust/trust.ts";
import { imageTensors } from "../wire/images.ts";
import type { PolicyManifest } from "../wire/manifest.ts";
import { decodeMessage, encodeMessage, type LastStep, PROTOCOL, type RobotMessage } from "../wire/messages.ts";
import { PeerClock } from "../wire/peer-clock.ts";
import { ForkPoint } from "./fork-point.ts";
import type { MarkLog } from "./mark-log.ts";
import { PolicyArrival } from "./policy-arrival.ts";
import { RowSender } from "./row-sender.ts";
import type { Connect, LinkSocket } from "./socket.ts";
import type { Spool } from "./spool.ts";
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
  /** Steps from here on have their time from the clock as it runs now. */
  readonly datedFrom: number;
  /** Every step below this was on the learner's disk when the process before this one ended. */
  readonly acked: number;
  readonly stages: StageLog;
  readonly marks: MarkLog;
  readonly downStage: string | undefined;
  /** Undefined on this machine, where none is needed. */
  readonly trust: RobotTrust | undefined;
  /** The learner has other steps under this stream's name than the spool: give it a new one from there on. */
  readonly renameStream: (from: number) => void;
  /**
   * Resolves when the policy acts, or was turned down; nothing later is heard before. `made`: when, s on the robot's
   * monotonic clock; undefined where the learner does not say or its clock is not known.
   */
  readonly onWeights: (
    manifest: PolicyManifest,
    weights: Uint8Array,
    graph: Uint8Array,
    made: number | undefined,
  ) => Promise<void>;
  readonly onPermit: (through: number) => void;
  readonly onAck: () => void;
  readonly onRefused: (reason: string) => void;
  readonly report: (line: string) => void;
}

export type LinkState = "connecting" | "connected" | "refused" | "closed";

/** Brings the spool's steps to the learner, over as many connections, restarts and resends as it takes. */
export class Uplink {
  readonly #options: UplinkOptions;
  readonly #rows: RowSender;
  readonly #policies: PolicyArrival;
  #state: LinkState = "connecting";
  #socket: LinkSocket | undefined;
  #saidHello = false;
  /** A hello was said that no welcome has answered. */
  #greeting = false;
  #heardMs = 0;
  #aliveMs = 0;
  readonly #clock = new PeerClock();
  /** A message is being acted on: silence is ours. */
  #busy = false;
  /** Steps of a copy of this robot's directory are at the learner: where the two part is being asked for. */
  #fork: ForkPoint | undefined;
  /** Steps below this need not be kept. */
  #forgotten: number;
  /** When the last welcomed connection was lost; before the first, when this began. */
  #lostMs = performance.now();

  constructor(options: UplinkOptions) {
    this.#options = options;
    this.#forgotten = options.acked;
    const own = {
      broker: () => this.#socket?.broker,
      say: (message: RobotMessage, ...payloads: Uint8Array[]) => this.#say(message, ...payloads),
    };
    this.#rows = new RowSender({ ...options, ...own, sees: imageTensors(options.schema).length > 0 });
    this.#policies = new PolicyArrival({ ...options, ...own, toMine: (learners) => this.#clock.toMine(learners) });
  }

  get state(): LinkState {
    return this.#state;
  }

  /** How the learner's monotonic clock stands to this machine's; undefined while that is not known. */
  get clock(): PeerClock["offset"] {
    return this.#clock.offset;
  }

  /** Every step below this is durable at the learner. */
  get acked(): number {
    return this.#rows.acked;
  }

  /** Nothing is said or heard any more. */
  get #isOver(): boolean {
    return this.#state === "refused" || this.#state === "closed";
  }

  /** Runs until `close` or a refusal. Throws only when sockets cannot be made at all. */
  async run(): Promise<void> {
    while (!this.#isOver) {
      this.#state = "connecting";
      this.#saidHello = false;
      this.#heardMs = performance.now();
      this.#socket = await this.#options.connect(this.#options.endpoint, this.#options.trust);
      if (this.#isOver) return this.#socket.close(); // it was closed meanwhile
      const beat = setInterval(() => void this.#beat(), Math.min(100, this.#options.settings.aliveMs));
      try {
        await this.#beat();
        for await (const frames of this.#socket) await this.#hear(frames);
      } finally {
        clearInterval(beat);
        if (this.#rows.flowing) this.#lose();
        this.#socket.close();
      }
    }
  }

  /** New steps are in the spool: sends them now (lockstep) or together with what comes soon. */
  kick(): void {
    this.#rows.kick();
  }

  /** Waits until everything is safe, at most `waitMs`, then says goodbye. A learner away for longer than that is not waited for. */
  async close(waitMs: number): Promise<void> {
    const until = performance.now() + waitMs;
    while (!this.#isDone(waitMs) && performance.now() < until) {
      void this.#rows.pump();
      await new Promise((resolve) => setTimeout(resolve, 5));
    }
    if (this.#state === "connected") await this.#say({ type: "bye" });
    this.#rows.halt();
    this.#state = "closed";
    this.#socket?.close();
  }

  /** A learner that is there has acked everything; where it is not, a broker has it, or it has been away for `awayMs`. */
  #isDone(awayMs: number): boolean {
    const { next } = this.#options.spool;
    if (this.#state === "refused" || (this.#state === "connected" ? this.#rows.acked : this.#rows.safe) >= next)
      return true;
    return !this.#rows.flowing && performance.now() - this.#lostMs >= awayMs;
  }

  /** No rows until the next welcome. */
  #lose(): void {
    this.#lostMs = performance.now();
    this.#rows.halt();
  }

  async #beat(): Promise<void> {
    if (this.#isOver) return;
    const { aliveMs, silentMs } = this.#options.settings;
    const now = performance.now();
    this.#rows.beat(now);
    this.#forget();
    if (this.#busy) this.#heardMs = now;
    if (!this.#saidHello) await this.#hello();
    else if (now - this.#heardMs > silentMs) await this.#miss();
    else if (this.#state === "connected" && now - this.#aliveMs > aliveMs) await this.#sayAlive();
  }

  /** In any case, so that both sides' clocks are known to each other. */
  async #sayAlive(): Promise<void> {
    this.#aliveMs = performance.now();
    await this.#say({ type: "alive", clock: this.#clock.stamp() });
  }

  /** The learner is silent: a new connection, or, where a broker stands between and rows go on, another hello. */
  async #miss(): Promise<void> {
    if (this.#socket?.broker === undefined) {
      this.#socket?.close();
      return;
    }
    this.#state = "connecting";
    await this.#hello();
  }

  async #hello(): Promise<void> {
    const { schema, spool, lockstep, downStage, datedFrom } = this.#options;
    this.#saidHello = true;
    this.#greeting = true;
    this.#heardMs = performance.now();
    this.#saidHello = await this.#say({
      type: "hello",
      protocol: PROTOCOL,
      robot: schema.robot,
      stream: this.#options.stream(),
      schema,
      schemaHash: schemaHash(schema),
      next: this.#fork === undefined ? spool.next : this.#fork.asked + 1,
      lockstep,
      ...this.#options.policy(),
      ...(downStage === undefined ? {} : { downStage }),
      ...this.#signed(),
      ...(lockstep ? {} : { datedFrom, clock: this.#clock.firstStamp() }),
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
      if (!this.#greeting) this.#heardMs = performance.now(); // a welcome that was lost is asked for again
    }
  }

  async #act(frames: readonly Uint8Array[]): Promise<void> {
    if (this.#isOver) return;
    const { message, payloads } = decodeMessage(frames);
    if ("clock" in message) this.#clock.hear(message.clock);
    switch (message.type) {
      case "welcome":
        return this.#welcome(count(message.resume, "welcome.resume"), message.last);
      case "ack":
        this.#rows.ack(count(message.next, "ack.next"));
        this.#forget();
        return this.#options.onAck();
      case "permit":
        return this.#options.onPermit(count(message.through, "permit.through"));
      case "weights":
        return this.#policies.announce(message);
      case "part":
        return this.#policies.part(message.policyVersion, message.index, payloads[0]);
      case "refuse":
        this.#state = "refused";
        this.#rows.halt();
        this.#options.onRefused(String(message.reason));
        this.#socket?.close();
        return undefined;
      case "alive":
        return undefined;
      default:
        throw new Error(`expected a learner's message, found "${message.type}"`);
    }
  }

  #welcome(resume: number, last: LastStep | undefined): void {
    const { spool } = this.#options;
    const { acked } = this.#rows;
    const known = last && spool.timeNs(last[0]);
    const isSame = known === undefined ? undefined : known === last?.[1];
    if (this.#fork !== undefined) this.#fork.hear(last?.[0] ?? -1, isSame);
    else if (last !== undefined && isSame === false) this.#fork = new ForkPoint(acked, last[0]);
    if (this.#fork !== undefined) {
      this.#part(this.#fork);
      return;
    }
    if (resume > spool.next) {
      const from = known === undefined ? acked : spool.next; // the same steps as far as the spool goes
      this.#begin(from, `the learner has steps up to ${resume}, the spool up to ${spool.next}: what comes`);
      return;
    }
    this.#state = "connected";
    void this.#sayAlive(); // before any rows, so that the learner knows their age
    this.#rows.begin(resume, !this.#greeting);
    this.#greeting = false;
    this.#forget();
    this.#options.onAck();
  }

  /** Asks on, or goes on by another name from where the two part. */
  #part({ found }: ForkPoint): void {
    if (found === undefined) {
      void this.#hello();
      return;
    }
    this.#fork = undefined;
    const why =
      "the learner has another robot's steps under this robot's name; is one's directory a copy of the other's?";
    this.#begin(found, `${why} What differs`);
  }

  /** Goes on under a new name from there on. */
  #begin(from: number, what: string): void {
    this.#options.report(`link: ${what} goes by a new name, from step ${from} on`);
    this.#lose();
    this.#options.renameStream(from);
    this.#socket?.close();
  }

  #forget(): void {
    const { spool, stages, marks } = this.#options;
    const { forgettable } = this.#rows;
    if (forgettable === this.#forgotten) return;
    this.#forgotten = forgettable;
    spool.forget(forgettable);
    stages.forget(forgettable);
    marks.forget(forgettable);
  }

  async #say(message: RobotMessage, ...payloads: Uint8Array[]): Promise<boolean> {
    if (this.#socket === undefined) return false;
    try {
      return await this.#socket.send(encodeMessage(message, ...payloads));
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
