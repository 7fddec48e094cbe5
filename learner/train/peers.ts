import type { PeerClock } from "../../runtime/wire/peer-clock.ts";
import type { PolicySender } from "./policy-sender.ts";

/** A robot that was welcomed. */
export interface Peer {
  readonly id: string;
  readonly robot: string;
  readonly stream: string;
  readonly policies: PolicySender;
  readonly clock: PeerClock;
  lastHeardMs: number;
  /** Where the robot was last asked to go on from, because of a gap. */
  askedFrom: number | undefined;
}

/** The robots that are there, by connection; a stream has one at most. */
export class Peers implements Iterable<Peer> {
  readonly #byId = new Map<string, Peer>();

  get size(): number {
    return this.#byId.size;
  }

  /** One that goes on with another's stream takes its place. */
  add(peer: Peer): void {
    const before = this.of(peer.stream);
    if (before !== undefined) this.#byId.delete(before.id);
    this.#byId.set(peer.id, peer);
  }

  remove({ id }: Peer): void {
    this.#byId.delete(id);
  }

  get(id: string): Peer | undefined {
    return this.#byId.get(id);
  }

  of(stream: string): Peer | undefined {
    for (const peer of this) if (peer.stream === stream) return peer;
    return undefined;
  }

  [Symbol.iterator](): Iterator<Peer> {
    return this.#byId.values();
  }
}
