import type { DeviceCounts } from "./device-counts.ts";
import type { Collector } from "./line.ts";
import type { Expected } from "./packet.ts";
import type { SyncReplies } from "./servo-bus.ts";

/** A servo's answer, in either protocol. */
export interface Reply {
  readonly id: number;
  /** Feetech: status bits; Dynamixel: error byte. 0: nothing wrong. */
  readonly error: number;
  readonly data: Uint8Array;
}

/** As `takePacket`, for answers. */
export type TakeReply = (
  bytes: Uint8Array,
  expected: Expected,
) => { readonly reply: Reply | undefined; readonly used: number; readonly corrupt: number };

/** What one of several servos is to answer. */
export interface Part {
  readonly id: number;
  /** Bytes of data. */
  readonly size: number;
}

/** Reads the answer of one servo. */
export class OneReply implements Collector, Expected {
  reply: Reply | undefined;
  readonly #take: TakeReply;
  readonly #id: number;
  readonly #size: number;
  readonly #counts: DeviceCounts;
  readonly #probe: boolean;

  constructor(take: TakeReply, id: number, size: number, counts: DeviceCounts, probe = false) {
    this.#take = take;
    this.#id = id;
    this.#size = size;
    this.#probe = probe;
    this.#counts = counts;
  }

  get done(): boolean {
    return this.reply !== undefined;
  }

  get heard(): boolean {
    return this.done || this.#probe;
  }

  sizeOf(id: number): number | undefined {
    return id === this.#id ? this.#size : undefined;
  }

  take(bytes: Uint8Array): number {
    let used = 0;
    while (this.reply === undefined && used < bytes.length) {
      const taken = this.#take(bytes.subarray(used), this);
      used += taken.used;
      this.#counts.of(this.#id).corrupt += taken.corrupt;
      this.reply = taken.reply;
      if (taken.used === 0) break;
    }
    return used;
  }
}

/**
 * Reads the answers of several servos, which come in the order they were asked. One out of order was late from before, and
 * of two from one servo nobody can say which is new: neither is believed.
 */
export class ManyReplies implements Collector, Expected {
  readonly #take: TakeReply;
  readonly #parts: readonly Part[];
  readonly #into: SyncReplies;
  readonly #counts: DeviceCounts;
  /** 1: answered, 2: answered twice. */
  readonly #answers: Uint8Array;
  /** Where each one's data goes. */
  readonly #offsets: readonly number[];
  #last = -1;
  #answered = 0;
  #corrupt = 0;

  constructor(take: TakeReply, parts: readonly Part[], into: SyncReplies, counts: DeviceCounts) {
    this.#take = take;
    this.#parts = parts;
    this.#into = into;
    this.#counts = counts;
    this.#answers = new Uint8Array(parts.length);
    let offset = 0;
    this.#offsets = parts.map(({ size }) => {
      offset += size;
      return offset - size;
    });
    into.fresh.fill(0);
  }

  /** Everybody answered, or the last one did and of the others damaged answers were seen. */
  get done(): boolean {
    const { length } = this.#parts;
    return this.#answered === length || (this.#last === length - 1 && this.#answered + this.#corrupt >= length);
  }

  get heard(): boolean {
    return this.#answered > 0;
  }

  sizeOf(id: number): number | undefined {
    return this.#parts.find((part) => part.id === id)?.size;
  }

  take(bytes: Uint8Array): number {
    let used = 0;
    while (!this.done && used < bytes.length) {
      const taken = this.#take(bytes.subarray(used), this);
      used += taken.used;
      this.#corrupt += taken.corrupt;
      if (taken.corrupt > 0)
        this.#counts.of((this.#parts[this.#last + 1] ?? this.#parts[0]!).id).corrupt += taken.corrupt;
      if (taken.reply !== undefined) this.#accept(taken.reply);
      else if (taken.used === 0) break;
    }
    return used;
  }

  #accept({ id, error, data }: Reply): void {
    const { fresh, errors } = this.#into;
    const at = this.#parts.findIndex((part) => part.id === id);
    if (at < this.#last) this.#forget(at + 1);
    if (this.#answers[at] !== 0) {
      this.#answers[at] = 2;
      fresh[at] = 0;
      this.#counts.of(id).duplicates++;
      return;
    }
    this.#last = at;
    this.#answers[at] = 1;
    this.#answered++;
    errors[at] = error;
    if (data.length !== this.#parts[at]!.size) return;
    fresh[at] = 1;
    this.#into.data.set(data, this.#offsets[at]!);
  }

  /** What came from servo `from` and those after it was late. */
  #forget(from: number): void {
    for (let i = from; i < this.#parts.length; i++) {
      if (this.#answers[i] === 0) continue;
      this.#answers[i] = 0;
      this.#into.fresh[i] = 0;
      this.#answered--;
      this.#counts.of(this.#parts[i]!.id).duplicates++;
    }
    this.#last = from - 1;
  }
}
