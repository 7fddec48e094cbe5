import { ClockOffset, type OffsetReport } from "./clock-offset.ts";

/** Beside a message: when it left, and when the peer's newest came, s on the sender's monotonic clock. */
export interface ClockStamp {
  readonly sent: number;
  /** What the peer's newest stamp said, and when it was here. */
  readonly echo?: { readonly sent: number; readonly received: number };
}

/** The monotonic clock that all processes of a machine share, and that a robot's steps have their time from, s. */
export function monotonicSeconds(): number {
  return Number(process.hrtime.bigint()) / 1e9;
}

/** A peer's clock as its stamps let us know it. Each message with a stamp answers the one before, so both sides learn as much. */
export class PeerClock {
  readonly #now: () => number;
  readonly #offset = new ClockOffset();
  #echo: ClockStamp["echo"];

  constructor(now: () => number = monotonicSeconds) {
    this.#now = now;
  }

  /** For the first message on a connection: the peer may be another than before, which must not be told of that one's stamps. */
  firstStamp(): ClockStamp {
    this.#echo = undefined;
    return this.stamp();
  }

  /** For a message that leaves now. */
  stamp(): ClockStamp {
    return { sent: this.#now(), ...(this.#echo && { echo: this.#echo }) };
  }

  /** What came with a message, now. Nothing of it is believed: what is no stamp is passed over. */
  hear(stamp: unknown): void {
    const received = this.#now();
    const { sent, echo } = (stamp ?? {}) as Partial<Record<keyof ClockStamp, unknown>>;
    if (typeof sent !== "number" || !Number.isFinite(sent)) return;
    this.#echo = { sent, received };
    const { sent: mine, received: peerReceived } = (echo ?? {}) as Partial<Record<"sent" | "received", unknown>>;
    if (typeof mine !== "number" || typeof peerReceived !== "number") return;
    this.#offset.add({ sent: mine, peerReceived, peerSent: sent, received });
  }

  /** Undefined before the first round trip. */
  get offset(): OffsetReport | undefined {
    return this.#offset.at(this.#now());
  }

  /** A moment of the peer's clock on ours, s; undefined while the clocks are not known to each other. */
  toMine(peerSeconds: number): number | undefined {
    const known = this.offset;
    return known && peerSeconds - known.offset;
  }
}
