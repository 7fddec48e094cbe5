import { Router } from "zeromq";
import type { StepSchema } from "../../../runtime/step.ts";
import { type StepImage, stepImages } from "../../../runtime/wire/images.ts";
import { decodeMessage, encodeMessage, type LearnerMessage, PROTOCOL } from "../../../runtime/wire/messages.ts";
import { monotonicSeconds, PeerClock } from "../../../runtime/wire/peer-clock.ts";
import { policyParts } from "../../../runtime/wire/policy-parts.ts";
import type { StageRun } from "../../../runtime/wire/stage-runs.ts";
import { rowSequence, type StepLayout } from "../../../runtime/wire/step-codec.ts";
import type { WireMark } from "../../../runtime/wire/step-marks.ts";
import type { Parts } from "../policy/bundles.ts";

/** The learner's end of the wire and nothing else: keeps rows in memory, acks them, can be told to misbehave. */
export class FakeLearner {
  readonly #router: Router;
  readonly #layout: StepLayout;
  readonly #serving: Promise<void>;
  #identity: Buffer | undefined;
  readonly endpoint: string;
  /** Sequence numbers in the order they were accepted; each once. */
  readonly received: number[] = [];
  readonly rows: Uint8Array[] = [];
  readonly hellos: {
    readonly stream: string;
    readonly next: number;
    readonly policyVersion: number;
    readonly datedFrom?: number;
    readonly downStage?: string;
  }[] = [];
  readonly gaps: number[] = [];
  /** What was said of the stages of rows, message by message. */
  readonly stages: { readonly first: number; readonly runs: readonly StageRun[] | undefined }[] = [];
  /** What was said of the marks of rows that were new. */
  readonly marks: WireMark[] = [];
  /** The images of each step that was accepted; undefined where there are none to come. */
  readonly images = new Map<number, readonly StepImage[] | undefined>();
  /** Set for a robot that sees. */
  schema: StepSchema | undefined;
  /** Far from this machine's. */
  readonly clock = new PeerClock(() => monotonicSeconds() + 5000);
  duplicates = 0;
  byes = 0;
  next = 0;
  /** Rows for which this says true are lost on the way. */
  lose: (first: number) => boolean = () => false;
  acking = true;
  /** Answers nothing at all. */
  deaf = false;
  refuse: string | undefined;
  /** Lockstep: permits so many steps beyond what it has; 0: none. */
  permitAhead = 0;
  onWelcome: () => void = () => {};

  private constructor(router: Router, layout: StepLayout) {
    this.#router = router;
    this.#layout = layout;
    this.endpoint = router.lastEndpoint!;
    this.#serving = this.#serve();
  }

  static async bind(layout: StepLayout, endpoint = "tcp://127.0.0.1:*"): Promise<FakeLearner> {
    const router = new Router({ handover: true, linger: 0 });
    for (let tries = 0; ; tries++) {
      try {
        await router.bind(endpoint);
        break;
      } catch (error) {
        if (tries === 100) throw error; // the one before gives its port free a little later than it says
        await new Promise((resolve) => setTimeout(resolve, 20));
      }
    }
    return new FakeLearner(router, layout);
  }

  async send(message: LearnerMessage, ...payloads: Uint8Array[]): Promise<void> {
    if (this.#identity !== undefined && !this.#router.closed) {
      await this.#router.send([this.#identity, ...encodeMessage(message, ...payloads)]);
    }
  }

  /** A policy as a learner sends it, in parts, waiting for nothing. */
  async sendPolicy({ manifest, weights, graph }: Parts, made?: number): Promise<void> {
    const sizes = { weightsBytes: weights.length, graphBytes: graph.length };
    await this.send({ type: "weights", manifest, ...sizes, ...(made !== undefined && { made }) });
    const { policyVersion } = manifest;
    for (const [index, part] of policyParts(weights, graph).entries()) {
      await this.send({ type: "part", policyVersion, index }, part);
    }
  }

  async close(): Promise<void> {
    this.#router.close();
    await this.#serving;
  }

  async #serve(): Promise<void> {
    for await (const [identity, ...frames] of this.#router) if (!this.deaf) await this.#take(identity!, frames);
  }

  async #take(identity: Buffer, frames: Buffer[]): Promise<void> {
    const { message, payloads } = decodeMessage(frames);
    if (message.type === "hello") {
      this.#identity = identity;
      this.hellos.push(message);
      if (this.refuse !== undefined) return this.send({ type: "refuse", reason: this.refuse });
      this.clock.hear(message.clock);
      await this.send({ type: "welcome", protocol: PROTOCOL, resume: this.next, clock: this.clock.stamp() });
      this.onWelcome();
      return this.#permit();
    }
    if (this.#identity === undefined) return undefined; // of a learner before this one
    if (message.type === "alive") {
      this.clock.hear(message.clock);
      return this.send({ type: "alive", clock: this.clock.stamp() });
    }
    if (message.type === "bye") this.byes++;
    if (message.type !== "rows" || this.lose(message.first)) return undefined;
    if (message.gap) {
      this.gaps.push(message.first);
      this.next = message.first;
    }
    if (message.first > this.next) return this.send({ type: "welcome", protocol: PROTOCOL, resume: this.next });
    this.stages.push({ first: message.first, runs: message.stages });
    this.marks.push(...(message.marks ?? []).filter(([sequence]) => sequence >= this.next));
    const { first, count, images, imagesGone } = message;
    const said = { images, imagesGone, frames: payloads.slice(1) };
    const seen = this.schema && stepImages(this.schema, first, count, said);
    for (let row = 0; row < message.count; row++) {
      if (seen !== undefined) this.images.set(message.first + row, seen[row]);
      const sequence = rowSequence(this.#layout, payloads[0]!, row);
      if (sequence < this.next) this.duplicates++;
      else {
        this.received.push(sequence);
        this.rows.push(payloads[0]!.slice(row * this.#layout.rowBytes, (row + 1) * this.#layout.rowBytes));
        this.next = sequence + 1;
      }
    }
    if (this.acking) await this.send({ type: "ack", next: this.next });
    return this.#permit();
  }

  async #permit(): Promise<void> {
    if (this.permitAhead > 0) await this.send({ type: "permit", through: this.next + this.permitAhead });
  }
}
