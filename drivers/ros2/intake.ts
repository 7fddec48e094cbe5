import { decode } from "./messages/codec.ts";
import type { MessageTypes, Time, TypeName } from "./messages/types.ts";
import { StampClock } from "./stamp-clock.ts";
import type { Topic } from "./transport.ts";

/** What reads one topic's messages. */
export interface Device<T extends TypeName = TypeName> {
  readonly topic: Topic<T>;
  /** When the message was made, on the robot's clock, ns; 0: it does not say. */
  stampNs(message: MessageTypes[T]): bigint;
  /** Throws, changing nothing, on a message that cannot be used; the topic's name is put before. */
  check(message: MessageTypes[T]): void;
  /** Only what `check` let pass. `timeNs`: when it was made, on our clock. */
  keep(message: MessageTypes[T], timeNs: bigint): void;
}

export interface IntakeCounts {
  readonly received: number;
  /** No message of its type, or with something in it that cannot be used. */
  readonly refused: number;
  /** Not newer than one before, or the first, which may be of long ago. */
  readonly repeated: number;
}

/** Told of one topic before the first is told again. */
const MOST_REASONS = 5;

/** Takes a topic's messages off the wire: reads, checks and dates each, and counts and tells those it refuses. */
export class Intake<T extends TypeName = TypeName> {
  readonly device: Device<T>;
  readonly #clock: StampClock;
  readonly #report: (text: string) => void;
  readonly #repeatNs: bigint;
  readonly #counts = { received: 0, refused: 0, repeated: 0 };
  /** Reasons that were told since then. */
  readonly #told = new Set<string>();
  #toldNs: bigint | undefined;
  #untold = 0;
  #timeNs: bigint | undefined;
  #arrivedNs: bigint | undefined;
  #refusal: string | undefined;

  /** A reason to refuse that comes again and again is told again after `repeatNs`. */
  constructor(device: Device<T>, windowNs: bigint, repeatNs: bigint, report: (text: string) => void) {
    this.device = device;
    this.#clock = new StampClock(windowNs);
    this.#repeatNs = repeatNs;
    this.#report = report;
  }

  get counts(): IntakeCounts {
    return this.#counts;
  }

  /** When the newest message in use was made, on our clock; undefined before there is one. */
  get timeNs(): bigint | undefined {
    return this.#timeNs;
  }

  /** When anything came last; undefined before. */
  get arrivedNs(): bigint | undefined {
    return this.#arrivedNs;
  }

  /** Why the newest message was refused; undefined when it was not. */
  get refusal(): string | undefined {
    return this.#refusal;
  }

  receive(cdr: Uint8Array, nowNs: bigint): void {
    this.#counts.received++;
    this.#arrivedNs = nowNs;
    const { device } = this;
    let message: MessageTypes[T];
    let stampNs: bigint;
    try {
      message = decode(device.topic.type, cdr);
      device.check(message);
      stampNs = device.stampNs(message);
    } catch (error) {
      this.#refuse((error as Error).message, nowNs);
      return;
    }
    this.#refusal = undefined;
    const timeNs = stampNs === 0n ? nowNs : this.#clock.take(stampNs, nowNs);
    if (timeNs === undefined) {
      this.#counts.repeated++;
      return;
    }
    this.#timeNs = timeNs;
    device.keep(message, timeNs);
  }

  #refuse(reason: string, nowNs: bigint): void {
    this.#counts.refused++;
    this.#refusal = `${this.device.topic.name}: ${reason}`;
    this.#untold++;
    if (this.#toldNs === undefined || nowNs - this.#toldNs >= this.#repeatNs) {
      this.#told.clear();
      this.#toldNs = nowNs;
    }
    if (this.#told.has(reason) || this.#told.size >= MOST_REASONS) return;
    this.#told.add(reason);
    const more = this.#untold > 1 ? ` (${this.#untold} messages)` : "";
    this.#report(`${this.#refusal}; refused${more}`);
    this.#untold = 0;
  }
}

export function nanoseconds({ sec, nanosec }: Time): bigint {
  return BigInt(sec) * 1_000_000_000n + BigInt(nanosec);
}

/** Throws on a number that is not finite, naming it. */
export function assertFinite(what: string, values: ArrayLike<number>): void {
  for (let i = 0; i < values.length; i++) {
    if (!Number.isFinite(values[i])) throw new Error(`${what} ${i} is not finite: ${values[i]}`);
  }
}
