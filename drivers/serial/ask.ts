import { OneReply, type Reply, type TakeReply } from "./collect.ts";
import type { DeviceCounts } from "./device-counts.ts";
import type { Line } from "./line.ts";
import { ServoError } from "./servo-bus.ts";

export interface Question {
  readonly id: number;
  /** For the message: "a read of 56…61". */
  readonly what: string;
  readonly request: Uint8Array;
  /** Bytes of data in the answer. */
  readonly size: number;
  readonly take: TakeReply;
  /** Bytes of a whole answer on the wire. */
  readonly replyBytes: number;
  readonly thinkUs: number;
  /** Tries after the first. */
  readonly retries: number;
  /** Silence is an answer too, as to a scan: it does not count towards the loss of the bus. */
  readonly probe?: boolean;
  /** An answer that is no better than none, as "your request arrived damaged". */
  again?(reply: Reply): boolean;
}

/** One servo's answer, asking again when none comes. Throws `ServoError` "no-reply" or "lost". */
export async function ask(line: Line, counts: DeviceCounts, question: Question): Promise<Reply> {
  const { id, what, request, size, take, replyBytes, thinkUs, retries } = question;
  const count = counts.of(id);
  for (let tries = 0; tries <= retries; tries++) {
    const collector = new OneReply(take, id, size, counts, question.probe);
    count.requests++;
    if (tries > 0) count.retries++;
    const outcome = await line.exchange(request, collector, replyBytes, thinkUs);
    if (collector.reply !== undefined && question.again?.(collector.reply) !== true) return collector.reply;
    if (outcome === "lost") {
      throw new ServoError("lost", `servo ${id} on ${line.name}: the bus is lost; check its cable, adapter and power`);
    }
    count.timeouts++;
  }
  const tries = retries === 0 ? "1 try" : `${retries + 1} tries`;
  throw new ServoError(
    "no-reply",
    `servo ${id} on ${line.name}: no valid reply to ${what} in ${tries}; check its cable, power, id and baud rate`,
  );
}

/** Tries `make`, undefined when nobody answers. Other errors pass. */
export async function unlessSilent<T>(make: Promise<T>): Promise<T | undefined> {
  try {
    return await make;
  } catch (error) {
    if (error instanceof ServoError && error.code === "no-reply") return undefined;
    throw error;
  }
}

/** "56" or "56…61". */
export function addresses(address: number, size: number): string {
  return size === 1 ? String(address) : `${address}…${address + size - 1}`;
}
