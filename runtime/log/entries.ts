import { CHUNK, CHUNK_HEAD } from "./chunk.ts";
import type { LogEntry, LogMessage } from "./entry.ts";
import type { McapFile } from "./mcap-file.ts";
import { messagesIn, type OnDamage, readAt, scan } from "./scan.ts";

/** The entries of a file that nobody writes to. */
export function* entriesOf(path: string, onDamage: OnDamage): Generator<LogEntry> {
  for (const found of scan(path, onDamage)) {
    if (found.opcode === CHUNK && "records" in found) yield* entriesIn(found.records);
  }
}

/** The entries of a file that may grow meanwhile, from the one that is asked for. */
export function* growing(file: McapFile, reached: () => number): Generator<LogEntry> {
  for (let place = file.find(reached()); place !== undefined; place = file.find(reached())) {
    const chunk = readAt(file.path, place.offset, place.length);
    if (chunk.length < place.length) return; // deleted
    const before = reached();
    yield* entriesIn(chunk.subarray(CHUNK_HEAD));
    if (reached() === before) return;
  }
}

/** Joins the messages of one number. */
export function* entriesIn(records: Uint8Array): Generator<LogEntry> {
  let entry: { sequence: number; timeNs: bigint; messages: LogMessage[] } | undefined;
  for (const { channel, sequence, timeNs, body } of messagesIn(records)) {
    if (entry?.sequence === sequence) entry.messages.push({ channel, body });
    else {
      if (entry !== undefined) yield entry;
      entry = { sequence, timeNs, messages: [{ channel, body }] };
    }
  }
  if (entry !== undefined) yield entry;
}

/** MCAP keeps 32 bits of a sequence number; no file has more than 2³² of them. */
export function unwrapped(sequence: number, first: number): number {
  return first + ((sequence - first) >>> 0);
}
