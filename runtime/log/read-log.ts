import { readdirSync } from "node:fs";
import { join } from "node:path";
import { Opcode } from "@mcap/core";
import { CHUNK } from "./chunk.ts";
import { entriesIn, unwrapped } from "./entries.ts";
import type { LogEntry } from "./entry.ts";
import { parsed } from "./finish.ts";
import { scan } from "./scan.ts";

const NAME = /^(\d{16})\.mcap$/;

/** The files of a log, oldest first. */
export function logFiles(directory: string): string[] {
  const names = readdirSync(directory).filter((name) => NAME.test(name));
  return names.sort().map((name) => join(directory, name));
}

/**
 * The entries of a log that somebody else may be writing: nothing is changed. Bodies are good until the next entry is asked
 * for. Damage is skipped and told.
 */
export function* readLog(directory: string, report: (line: string) => void): Generator<LogEntry> {
  let reached = 0;
  for (const path of logFiles(directory)) {
    const first = Number(NAME.exec(path.slice(-21))![1]);
    const onDamage = (from: number, to: number) => report(`log ${path}: skipped damage from byte ${from} to ${to}`);
    for (const found of scan(path, onDamage)) {
      if (found.opcode !== CHUNK || !("records" in found)) continue;
      for (const entry of entriesIn(found.records)) {
        const sequence = unwrapped(entry.sequence, first);
        if (sequence < reached) continue;
        reached = sequence + 1;
        yield { ...entry, sequence };
      }
    }
  }
}

/** A document that is attached to a recording; undefined where there is none of that name before its first messages. */
export function attachmentOf(path: string, name: string): Uint8Array | undefined {
  for (const found of scan(path, () => {})) {
    if (found.opcode === CHUNK || !("bytes" in found)) return undefined;
    if (found.opcode !== Opcode.ATTACHMENT) continue;
    const record = parsed(found.bytes.slice());
    if (record?.type === "Attachment" && record.name === name) return record.data;
  }
  return undefined;
}
