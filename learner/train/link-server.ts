import type { LearnerTrust } from "../../runtime/trust/trust.ts";
import type { OffsetReport } from "../../runtime/wire/clock-offset.ts";
import type { SaidImages } from "../../runtime/wire/images.ts";
import type { PolicyManifest } from "../../runtime/wire/manifest.ts";
import {
  decodeMessage,
  encodeMessage,
  type LearnerMessage,
  PROTOCOL,
  type RobotMessage,
} from "../../runtime/wire/messages.ts";
import { PeerClock } from "../../runtime/wire/peer-clock.ts";
import { type StageRun, stageRuns } from "../../runtime/wire/stage-runs.ts";
import { stepMarks, type WireMark } from "../../runtime/wire/step-marks.ts";
import { LEARNER_DEFAULTS } from "../config.ts";
import { listen } from "../link/listen.ts";
import type { Incoming, LinkListener, PolicyNames } from "../link/listener.ts";
import { BroughtRows } from "./brought-rows.ts";
import { Door } from "./door.ts";
import type { Hello } from "./hello.ts";
import { PolicySender } from "./policy-sender.ts";
import { PolicyShelf } from "./policy-shelf.ts";

/** A policy as it goes to robots. */
export interface Policy {
  readonly manifest: PolicyManifest;
  /** safetensors */
  readonly weights: Uint8Array;
  /** ONNX */
  readonly graph: Uint8Array;
  /** Where a broker keeps it. */
  readonly names?: PolicyNames;
  /** When it was made, s on the learner's monotonic clock. */
  readonly made?: number;
}

/** What became of rows: stored (or known already), a hole before them, or rows that no robot of ours would send. */
export type Taken = "taken" | "gap" | { readonly refuse: string };

type Rows = Extract<RobotMessage, { type: "rows" }>;

/** What a robot says of its rows beyond the rows themselves. */
export interface BesideRows {
  readonly stages: readonly StageRun[];
  readonly marks: readonly WireMark[];
  readonly images: SaidImages;
  /** How the robot's monotonic clock stands to the learner's; absent while that is not known. */
  readonly clock?: OffsetReport | undefined;
}

/** Where a robot goes on, and by which step it sees that the numbers below are its own. */
export type Welcomed = Pick<Extract<LearnerMessage, { type: "welcome" }>, "resume" | "last">;

/** The learner as the link sees it. Called for one message at a time. */
export interface LinkHost {
  /** A robot says hello: where it should go on sending, or why it is refused. */
  greet(hello: Hello): Promise<Welcomed | { readonly refuse: string }>;
  /** The robot is welcome and knows it; weights and permits may go out from here on. */
  joined(hello: Hello): void;
  rows(stream: string, first: number, payload: Uint8Array, beside: BesideRows): Taken;
  /** The rows before `first` are not coming any more: the robot no longer has them. */
  skipTo(stream: string, first: number): void;
  /** First sequence number not held yet. */
  next(stream: string): number;
  /** First sequence number that is not on the learner's disk; a robot told to go on from there forgets what is before. */
  durable(stream: string): number;
  /** Steps of that stream are in the run's log. */
  knows(stream: string): boolean;
  report(line: string): void;
}

interface Peer {
  readonly id: string;
  readonly robot: string;
  readonly stream: string;
  readonly policies: PolicySender;
  readonly clock: PeerClock;
  lastHeardMs: number;
  /** Where the robot was last asked to go on from, because of a gap. */
  askedFrom: number | undefined;
}

const ALIVE_MS = 1000;
const SILENCE_MS = 10_000;
/** What robots send is taken for so long, then everything else gets a turn: the disk, timers, updates. */
const TURN_MS = 5;

/** Serves robots at one endpoint. It only ever answers: nothing here waits for a robot. */
export class LinkServer {
  readonly #listener: LinkListener;
  readonly #host: LinkHost;
  readonly #nowMs: () => number;
  readonly #door: Door | undefined;
  readonly #shelf: PolicyShelf | undefined;
  readonly #brought: BroughtRows;
  readonly #peers = new Map<string, Peer>();
  #serving: Promise<void> | undefined;
  #timer: NodeJS.Timeout | undefined;

  private constructor(listener: LinkListener, host: LinkHost, nowMs: () => number, door: Door | undefined) {
    const { policies: store } = listener;
    this.#listener = listener;
    this.#host = host;
    this.#nowMs = nowMs;
    this.#door = door;
    this.#brought = new BroughtRows({
      host,
      hasKeys: door !== undefined,
      take: (stream, rows, payloads) => this.#takeRows(stream, this.#peerOf(stream), rows, payloads),
    });
    const onStored = (policy: Policy) => this.#offer(policy);
    this.#shelf = store && new PolicyShelf({ store, onStored, report: (line) => host.report(line) });
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
    nats = LEARNER_DEFAULTS.nats,
  ): Promise<LinkServer> {
    const listener = await listen(endpoint, { trust, nats, report: (line) => host.report(line) });
    return LinkServer.over(listener, host, nowMs, trust);
  }

  /** Over what listens already. */
  static over(listener: LinkListener, host: LinkHost, nowMs: () => number, trust?: LearnerTrust): LinkServer {
    return new LinkServer(listener, host, nowMs, trust && new Door(trust));
  }

  serve(): void {
    this.#serving = this.#answer();
    this.#timer = setInterval(() => this.#beat(), ALIVE_MS);
  }

  /** Where it is bound, with the real port. */
  get endpoint(): string {
    return this.#listener.endpoint;
  }

  get robots(): number {
    return this.#peers.size;
  }

  isConnected(stream: string): boolean {
    return [...this.#peers.values()].some((peer) => peer.stream === stream);
  }

  /** Every step of `stream` before `next` is durable. */
  ack(stream: string, next: number): void {
    this.#brought.durable(stream, next);
    const peer = this.#peerOf(stream);
    if (peer !== undefined) this.#send(peer.id, { type: "ack", next });
  }

  permit(stream: string, through: number): void {
    const permit = () => this.#peerOf(stream)?.policies.sendAfter({ type: "permit", through });
    if (this.#shelf === undefined) permit();
    else this.#shelf.after(permit);
  }

  /** Sends the policy to every robot that has an older one. */
  publish(policy: Policy): void {
    if (this.#shelf === undefined) this.#offer(policy);
    else this.#shelf.offer(policy);
  }

  async close(): Promise<void> {
    clearInterval(this.#timer);
    await this.#listener.close();
    await this.#serving;
  }

  #offer(policy: Policy): void {
    for (const { policies } of this.#peers.values()) policies.offer(policy);
  }

  /** The socket gives each robot's next message in turn (ZeroMQ's fair queue), so one that floods delays another by one of its own. */
  async #answer(): Promise<void> {
    let turnMs = performance.now();
    for await (const incoming of this.#listener) {
      try {
        if (incoming.delivery === undefined) await this.#take(incoming);
        else this.#brought.bring(incoming.delivery, incoming.frames);
      } catch (error) {
        incoming.delivery?.done();
        this.#host.report(`link: a message was dropped: ${(error as Error).message}`);
      }
      if (performance.now() - turnMs < TURN_MS) continue;
      await new Promise(setImmediate);
      turnMs = performance.now();
    }
  }

  async #take({ peer: id, machine, frames }: Incoming): Promise<void> {
    const { message, payloads } = decodeMessage(frames);
    if (message.type === "hello") return this.#greet(id, machine, message);
    const peer = this.#peers.get(id);
    if (peer === undefined) return; // it connected before this learner started: its silence makes it say hello
    peer.lastHeardMs = this.#nowMs();
    if (message.type === "alive") {
      peer.clock.hear(message.clock);
      this.#send(id, { type: "alive", clock: peer.clock.stamp() });
    } else if (message.type === "got") peer.policies.got(message.policyVersion, message.index);
    else if (message.type === "bye") this.#forget(peer, "left");
    else if (message.type === "rows") this.#takeRows(peer.stream, peer, message, payloads);
    else throw new Error(`expected a robot's message from ${peer.robot}, found "${message.type}"`);
  }

  async #greet(id: string, machine: string | undefined, hello: Hello): Promise<void> {
    const stranger = this.#door?.reasonToRefuse(hello, machine);
    const answer = stranger === undefined ? await this.#host.greet(hello) : { refuse: stranger };
    if ("refuse" in answer) {
      this.#host.report(`link: refused a robot: ${answer.refuse}`);
      return this.#send(id, { type: "refuse", reason: answer.refuse });
    }
    const clock = new PeerClock(() => this.#nowMs() / 1000);
    clock.hear(hello.clock);
    for (const [key, peer] of this.#peers) if (peer.stream === hello.stream) this.#peers.delete(key);
    if (machine !== undefined) this.#brought.greeted(hello.stream, machine);
    this.#peers.set(id, {
      id,
      robot: hello.schema.robot,
      stream: hello.stream,
      policies: new PolicySender(
        hello.graphHash,
        hello.policyVersion,
        (message, ...payloads) => this.#send(id, message, ...payloads),
        ({ manifest }) => this.#door?.signed(manifest) ?? {},
      ),
      clock,
      lastHeardMs: this.#nowMs(),
      askedFrom: undefined,
    });
    this.#send(id, { type: "welcome", protocol: PROTOCOL, ...answer, clock: clock.stamp() });
    this.#host.joined(hello);
  }

  #takeRows(stream: string, peer: Peer | undefined, rows: Rows, [payload, ...frames]: readonly Uint8Array[]): Taken {
    const { first, gap, stages, marks, images, imagesGone } = rows;
    if (payload === undefined || !Number.isSafeInteger(first) || first < 0) {
      throw new Error(`expected rows of ${stream} with a first number and a payload`);
    }
    if (gap === true && first > this.#host.next(stream)) this.#host.skipTo(stream, first);
    const beside = {
      stages: stageRuns(stages),
      marks: stepMarks(marks),
      images: { images, imagesGone, frames },
      clock: peer?.clock.offset,
    };
    const taken = this.#host.rows(stream, first, payload, beside);
    if (peer === undefined) return taken;
    if (taken === "gap") {
      const next = this.#host.next(stream);
      if (peer.askedFrom === next) return taken; // rows behind the gap that were on their way already
      peer.askedFrom = next;
      this.#send(peer.id, { type: "welcome", protocol: PROTOCOL, resume: this.#host.durable(stream) });
    } else if (taken !== "taken") {
      this.#send(peer.id, { type: "refuse", reason: taken.refuse });
      this.#forget(peer, `refused: ${taken.refuse}`);
    }
    return taken;
  }

  #beat(): void {
    for (const peer of this.#peers.values()) {
      if (this.#nowMs() - peer.lastHeardMs > SILENCE_MS) this.#forget(peer, `not heard for ${SILENCE_MS / 1000} s`);
      else this.#send(peer.id, { type: "alive", clock: peer.clock.stamp() });
    }
  }

  #forget(peer: Peer, why: string): void {
    this.#peers.delete(peer.id);
    this.#host.report(`link: ${peer.robot} ${why}`);
  }

  #peerOf(stream: string): Peer | undefined {
    for (const peer of this.#peers.values()) if (peer.stream === stream) return peer;
    return undefined;
  }

  #send(id: string, message: LearnerMessage, ...payloads: Uint8Array[]): void {
    this.#listener.send(id, encodeMessage(message, ...payloads)).catch((error: Error) => {
      this.#host.report(`link: "${message.type}" was not sent: ${error.message}`);
    });
  }
}
