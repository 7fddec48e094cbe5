import type { LearnerTrust } from "../../runtime/trust/trust.ts";
import { decodeMessage, encodeMessage, type LearnerMessage, PROTOCOL } from "../../runtime/wire/messages.ts";
import { PeerClock } from "../../runtime/wire/peer-clock.ts";
import { LEARNER_DEFAULTS } from "../config.ts";
import { listen } from "../link/listen.ts";
import type { Incoming, LinkListener } from "../link/listener.ts";
import { BroughtRows } from "./brought-rows.ts";
import { Door } from "./door.ts";
import type { Hello } from "./hello.ts";
import type { LinkHost, Taken } from "./link-host.ts";
import { type Peer, Peers } from "./peers.ts";
import type { Policy } from "./policy.ts";
import { PolicySender } from "./policy-sender.ts";
import { PolicyShelf } from "./policy-shelf.ts";
import { type Rows, saidRows } from "./said-rows.ts";

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
  readonly #peers = new Peers();
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
      take: (stream, rows, payloads) => this.#takeRows(stream, this.#peers.of(stream), rows, payloads),
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
    return this.#peers.of(stream) !== undefined;
  }

  /** Every step of `stream` before `next` is durable. */
  ack(stream: string, next: number): void {
    this.#brought.durable(stream, next);
    const peer = this.#peers.of(stream);
    if (peer !== undefined) this.#send(peer.id, { type: "ack", next });
  }

  permit(stream: string, through: number): void {
    const permit = () => this.#peers.of(stream)?.policies.sendAfter({ type: "permit", through });
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
    for (const { policies } of this.#peers) policies.offer(policy);
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
    } else if (message.type === "got") peer.policies.got(message.policyVersion, message.index, message.lost === true);
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
    if (machine !== undefined) this.#brought.greeted(hello.stream, machine);
    this.#peers.add({
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

  #takeRows(stream: string, peer: Peer | undefined, rows: Rows, payloads: readonly Uint8Array[]): Taken {
    const { first, gap } = rows;
    const { payload, beside } = saidRows(stream, rows, payloads, peer?.clock.offset);
    if (gap === true && first > this.#host.next(stream)) this.#host.skipTo(stream, first);
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
    for (const peer of this.#peers) {
      if (this.#nowMs() - peer.lastHeardMs > SILENCE_MS) this.#forget(peer, `not heard for ${SILENCE_MS / 1000} s`);
      else this.#sayAlive(peer);
    }
  }

  /** A broker may have lost what was said on the way, and nobody notices where that was short: it is said again. */
  #sayAlive(peer: Peer): void {
    this.#send(peer.id, { type: "alive", clock: peer.clock.stamp() });
    if (this.#shelf === undefined) return;
    this.#send(peer.id, { type: "ack", next: this.#host.durable(peer.stream) });
    peer.policies.remind();
  }

  #forget(peer: Peer, why: string): void {
    this.#peers.remove(peer);
    this.#host.report(`link: ${peer.robot} ${why}`);
  }

  #send(id: string, message: LearnerMessage, ...payloads: Uint8Array[]): void {
    this.#listener.send(id, encodeMessage(message, ...payloads)).catch((error: Error) => {
      this.#host.report(`link: "${message.type}" was not sent: ${error.message}`);
    });
  }
}
