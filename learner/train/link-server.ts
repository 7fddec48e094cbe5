import type { Router } from "zeromq";
import { isLoopback } from "../../runtime/trust/endpoint.ts";
import type { LearnerTrust } from "../../runtime/trust/trust.ts";
import type { SaidImages } from "../../runtime/wire/images.ts";
import type { PolicyManifest } from "../../runtime/wire/manifest.ts";
import {
  decodeMessage,
  encodeMessage,
  type LearnerMessage,
  PROTOCOL,
  type RobotMessage,
} from "../../runtime/wire/messages.ts";
import { type StageRun, stageRuns } from "../../runtime/wire/stage-runs.ts";
import { stepMarks, type WireMark } from "../../runtime/wire/step-marks.ts";
import { Door } from "./door.ts";
import type { Hello } from "./hello.ts";
import { PolicySender } from "./policy-sender.ts";

/** A policy as it goes to robots. */
export interface Policy {
  readonly manifest: PolicyManifest;
  /** safetensors */
  readonly weights: Uint8Array;
  /** ONNX */
  readonly graph: Uint8Array;
}

/** What became of rows: stored (or known already), a hole before them, or rows that no robot of ours would send. */
export type Taken = "taken" | "gap" | { readonly refuse: string };

type Rows = Extract<RobotMessage, { type: "rows" }>;

/** What a robot says of its rows beyond the rows themselves. */
export interface BesideRows {
  readonly stages: readonly StageRun[];
  readonly marks: readonly WireMark[];
  readonly images: SaidImages;
}

/** The learner as the link sees it. Called for one message at a time. */
export interface LinkHost {
  /** A robot says hello: where it should go on sending, or why it is refused. */
  greet(hello: Hello): Promise<{ readonly resume: number } | { readonly refuse: string }>;
  /** The robot is welcome and knows it; weights and permits may go out from here on. */
  joined(hello: Hello): void;
  rows(stream: string, first: number, payload: Uint8Array, beside: BesideRows): Taken;
  /** The rows before `first` are not coming any more: the robot no longer has them. */
  skipTo(stream: string, first: number): void;
  /** First sequence number not held yet. */
  next(stream: string): number;
  /** First sequence number that is not on the learner's disk; a robot told to go on from there forgets what is before. */
  durable(stream: string): number;
  report(line: string): void;
}

interface Peer {
  readonly identity: Buffer;
  readonly robot: string;
  readonly stream: string;
  readonly policies: PolicySender;
  lastHeardMs: number;
  /** Where the robot was last asked to go on from, because of a gap. */
  askedFrom: number | undefined;
}

const ALIVE_MS = 1000;
const SILENCE_MS = 10_000;
/** Rows come in batches of some hundred; an image robot's batch stays well below this. */
const MAX_MESSAGE_BYTES = 256 * 1024 * 1024;

/** Serves robots at one ZeroMQ endpoint. It only ever answers: nothing here waits for a robot. */
export class LinkServer {
  readonly #router: Router;
  readonly #host: LinkHost;
  readonly #nowMs: () => number;
  readonly #door: Door | undefined;
  readonly #peers = new Map<string, Peer>();
  #serving: Promise<void> | undefined;
  #timer: NodeJS.Timeout | undefined;

  private constructor(router: Router, host: LinkHost, nowMs: () => number, door: Door | undefined) {
    this.#router = router;
    this.#host = host;
    this.#nowMs = nowMs;
    this.#door = door;
  }

  /**
   * Takes the endpoint. Robots that connect wait for `serve`. With keys, nobody else is heard, and policies are signed. Throws
   * when the endpoint is taken, is not an endpoint, or is beyond this machine without keys.
   */
  static async bind(
    endpoint: string,
    host: LinkHost,
    nowMs = () => performance.now(),
    trust?: LearnerTrust,
  ): Promise<LinkServer> {
    if (trust === undefined && !isLoopback(endpoint)) {
      throw new Error(`learner: expected keys beyond this machine, found none for ${endpoint}: reverie keys new`);
    }
    const { Router } = await import("zeromq");
    const door = trust === undefined ? undefined : await Door.open(trust, (line) => host.report(line));
    const options = { handover: true, linger: 500, maxMessageSize: MAX_MESSAGE_BYTES, ...door?.socketOptions };
    const router = new Router(options);
    try {
      await router.bind(endpoint.replace("//localhost:", "//127.0.0.1:"));
    } catch (error) {
      router.close();
      await door?.close();
      const { code, message } = error as NodeJS.ErrnoException;
      if (code !== "EADDRINUSE") throw new Error(`learner: expected to listen at ${endpoint}, found: ${message}`);
      throw new Error(`learner: expected ${endpoint} to be free, found it taken; is another learner running?`);
    }
    return new LinkServer(router, host, nowMs, door);
  }

  serve(): void {
    this.#serving = this.#answer();
    this.#timer = setInterval(() => this.#beat(), ALIVE_MS);
  }

  /** Where it is bound, with the real port. */
  get endpoint(): string {
    return this.#router.lastEndpoint ?? "";
  }

  get robots(): number {
    return this.#peers.size;
  }

  /** Every step of `stream` before `next` is durable. */
  ack(stream: string, next: number): void {
    this.#toStream(stream, { type: "ack", next });
  }

  permit(stream: string, through: number): void {
    const message = { type: "permit", through } as const;
    for (const peer of this.#peers.values()) if (peer.stream === stream) peer.policies.sendAfter(message);
  }

  /** Sends the policy to every robot that has an older one. */
  publish(policy: Policy): void {
    for (const { policies } of this.#peers.values()) policies.offer(policy);
  }

  async close(): Promise<void> {
    clearInterval(this.#timer);
    this.#router.close();
    await this.#serving;
    await this.#door?.close();
  }

  async #answer(): Promise<void> {
    for await (const [identity, ...frames] of this.#router) {
      try {
        if (identity !== undefined) await this.#take(identity, frames);
      } catch (error) {
        this.#host.report(`link: a message was dropped: ${(error as Error).message}`);
      }
    }
  }

  async #take(identity: Buffer, frames: readonly Buffer[]): Promise<void> {
    const { message, payloads } = decodeMessage(frames);
    const key = identity.toString("hex");
    if (message.type === "hello") return this.#greet(identity, message);
    const peer = this.#peers.get(key);
    if (peer === undefined) return; // it connected before this learner started: its silence makes it say hello
    peer.lastHeardMs = this.#nowMs();
    if (message.type === "alive") this.#send(identity, { type: "alive" });
    else if (message.type === "got") peer.policies.got(message.policyVersion, message.index);
    else if (message.type === "bye") this.#forget(peer, "left");
    else if (message.type === "rows") this.#takeRows(peer, message, payloads);
    else throw new Error(`expected a robot's message from ${peer.robot}, found "${message.type}"`);
  }

  async #greet(identity: Buffer, hello: Hello): Promise<void> {
    const stranger = this.#door?.reasonToRefuse(hello);
    const answer = stranger === undefined ? await this.#host.greet(hello) : { refuse: stranger };
    if ("refuse" in answer) {
      this.#host.report(`link: refused a robot: ${answer.refuse}`);
      return this.#send(identity, { type: "refuse", reason: answer.refuse });
    }
    for (const [key, peer] of this.#peers) if (peer.stream === hello.stream) this.#peers.delete(key);
    this.#peers.set(identity.toString("hex"), {
      identity,
      robot: hello.schema.robot,
      stream: hello.stream,
      policies: new PolicySender(
        hello.graphHash,
        hello.policyVersion,
        (message, ...payloads) => this.#send(identity, message, ...payloads),
        ({ manifest }) => this.#door?.signed(manifest) ?? {},
      ),
      lastHeardMs: this.#nowMs(),
      askedFrom: undefined,
    });
    this.#send(identity, { type: "welcome", protocol: PROTOCOL, resume: answer.resume });
    this.#host.joined(hello);
  }

  #takeRows(peer: Peer, rows: Rows, [payload, ...frames]: readonly Uint8Array[]): void {
    const { robot, stream } = peer;
    const { first, gap, stages, marks, images, imagesGone } = rows;
    if (payload === undefined || !Number.isSafeInteger(first) || first < 0) {
      throw new Error(`expected rows from ${robot} with a first number and a payload`);
    }
    if (gap === true && first > this.#host.next(stream)) this.#host.skipTo(stream, first);
    const beside = { stages: stageRuns(stages), marks: stepMarks(marks), images: { images, imagesGone, frames } };
    const taken = this.#host.rows(stream, first, payload, beside);
    if (taken === "gap") {
      const next = this.#host.next(stream);
      if (peer.askedFrom === next) return; // rows behind the gap that were on their way already
      peer.askedFrom = next;
      this.#send(peer.identity, { type: "welcome", protocol: PROTOCOL, resume: this.#host.durable(stream) });
    } else if (taken !== "taken") {
      this.#send(peer.identity, { type: "refuse", reason: taken.refuse });
      this.#forget(peer, `refused: ${taken.refuse}`);
    }
  }

  #beat(): void {
    for (const peer of this.#peers.values()) {
      if (this.#nowMs() - peer.lastHeardMs > SILENCE_MS) this.#forget(peer, `not heard for ${SILENCE_MS / 1000} s`);
      else this.#send(peer.identity, { type: "alive" });
    }
  }

  #forget(peer: Peer, why: string): void {
    this.#peers.delete(peer.identity.toString("hex"));
    this.#host.report(`link: ${peer.robot} ${why}`);
  }

  #toStream(stream: string, message: LearnerMessage): void {
    for (const peer of this.#peers.values()) if (peer.stream === stream) this.#send(peer.identity, message);
  }

  /** A ROUTER never waits: what cannot go out is dropped, and the robot asks again. */
  #send(identity: Buffer, message: LearnerMessage, ...payloads: Uint8Array[]): void {
    this.#router.send([identity, ...encodeMessage(message, ...payloads)]).catch((error: Error) => {
      this.#host.report(`link: "${message.type}" was not sent: ${error.message}`);
    });
  }
}
