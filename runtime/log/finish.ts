import * as fs from "node:fs";
import { dirname } from "node:path";
import { McapStreamReader, Opcode } from "@mcap/core";
import { CHUNK } from "./chunk.ts";
import type { LogEntry, LogMessage } from "./entry.ts";
import { type Heading, McapFile, type Write } from "./mcap-file.ts";
import { messagesIn, type ScanEnd, type ScannedChunk, type ScannedRecord, scan } from "./scan.ts";
import { syncDirectory } from "./sync-directory.ts";
import type { Topic } from "./topic.ts";

export interface Finished {
  readonly messages: number;
  /** One line each. */
  readonly lost: readonly string[];
}

/**
 * Makes a file that a crash or damage left without its end or its order a whole one: every message of a good chunk is in
 * it, by the same name, or the old file is as it was. `topics`: those it is known to have; without, as it says itself.
 * Throws when the disk does not take it, or when it does not say what its messages are.
 */
export function finishFile(path: string, topics?: readonly Topic[], write?: Write): Finished {
  const lost: string[] = [];
  const records: ScannedRecord[] = [];
  const isChunk = (found: ScannedRecord | ScannedChunk): found is ScannedChunk => found.opcode === CHUNK;
  const onDamage = (from: number, to: number) => lost.push(`log ${path}: skipped damage from byte ${from} to ${to}`);
  const draft = `${path}.draft`;
  let made: McapFile | undefined;
  let messages = 0;
  let channels = 0;
  const begin = (): McapFile => {
    const { found, heading } = declared(records);
    const known = topics?.map(({ name }) => name) ?? [];
    // As many as it had; the definitions that are known, because nothing says whether those in it are damaged.
    const its = found.length < known.length || Object.keys(found).length < found.length ? (topics ?? []) : found;
    const whole = its.map((topic) => topics?.find(({ name }) => name === topic.name) ?? topic);
    if (whole.length === 0) throw new Error(`log ${path}: expected schemas and channels at its beginning, found none`);
    channels = whole.length;
    return new McapFile(draft, whole, heading, write);
  };
  try {
    const scanned = scan(path, onDamage);
    let step = scanned.next();
    for (; step.done !== true; step = scanned.next()) {
      if (!isChunk(step.value)) {
        records.push({ ...step.value, bytes: step.value.bytes.slice() });
        continue;
      }
      made ??= begin();
      const entries = entriesOf(step.value.records, channels);
      if (entries.length > 0) made.write(entries, 0);
      made.seal();
      messages += entries.reduce((sum, entry) => sum + entry.messages.length, 0);
    }
    made ??= begin();
    lost.push(...tailOf(path, step.value));
    made.finish();
    fs.fsyncSync(made.file);
  } catch (error) {
    made?.close();
    fs.rmSync(draft, { force: true });
    throw error;
  }
  made.close();
  fs.renameSync(draft, path);
  syncDirectory(dirname(path));
  return { messages, lost };
}

function tailOf(path: string, { good, finished }: ScanEnd): string[] {
  const size = fs.statSync(path).size;
  return finished || good === size
    ? []
    : [`log ${path}: dropped a torn tail of ${size - good} bytes after byte ${good}`];
}

/** The entries of a chunk, their sequence numbers as short as the file has them. */
function entriesOf(records: Uint8Array, channels: number): LogEntry[] {
  const entries: (LogEntry & { readonly messages: LogMessage[] })[] = [];
  for (const { channel, sequence, timeNs, body } of messagesIn(records)) {
    if (channel < 1 || channel > channels) continue;
    const last = entries.at(-1);
    if (last?.sequence === sequence && last.timeNs === timeNs) last.messages.push({ channel, body });
    else entries.push({ sequence, timeNs, messages: [{ channel, body }] });
  }
  return entries;
}

/** What the records before the first chunk say of the file. */
function declared(records: readonly ScannedRecord[]): { found: Topic[]; heading: Heading } {
  const schemas = new Map<number, { readonly name: string; readonly data: Uint8Array }>();
  const found: Topic[] = [];
  const attachments: NonNullable<Heading["attachments"]>[number][] = [];
  const metadata: NonNullable<Heading["metadata"]>[number][] = [];
  for (const { opcode, bytes } of records) {
    if (opcode === Opcode.HEADER) continue;
    const record = parsed(bytes);
    if (record?.type === "Schema") schemas.set(record.id, record);
    else if (record?.type === "Channel") {
      const { name: type, data } = schemas.get(record.schemaId) ?? { name: "", data: new Uint8Array(0) };
      found[record.id - 1] = { name: record.topic, type, definition: Buffer.from(data).toString() };
    } else if (record?.type === "Attachment") attachments.push(record);
    else if (record?.type === "Metadata") {
      metadata.push({ name: record.name, values: Object.fromEntries(record.metadata) });
    }
  }
  return { found, heading: { attachments, metadata } };
}

/** Undefined for a damaged one. */
export function parsed(bytes: Uint8Array): ReturnType<McapStreamReader["nextRecord"]> {
  try {
    const reader = new McapStreamReader({ noMagicPrefix: true });
    reader.append(bytes);
    return reader.nextRecord();
  } catch {
    return undefined;
  }
}
