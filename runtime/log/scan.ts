/** Reads an MCAP file from its beginning, chunk by chunk, past any damage; for what the summary may not be there to tell. */
import * as fs from "node:fs";
import { crc32 } from "node:zlib";
import { MCAP_MAGIC, Opcode } from "@mcap/core";
import { CHUNK, CHUNK_HEAD, MESSAGE, MESSAGE_HEAD, MESSAGE_INDEX, RECORD_HEAD } from "./chunk.ts";
import { CDR_LITTLE_ENDIAN } from "./topic.ts";
import { isWellFormed } from "./well-formed.ts";

/** Any other record of the data, whole, as schema, channel or attachment. */
export interface ScannedRecord {
  readonly opcode: number;
  readonly offset: number;
  readonly bytes: Uint8Array;
}

/** A chunk whose checksum holds. */
export interface ScannedChunk {
  readonly opcode: typeof CHUNK;
  readonly offset: number;
  /** Its messages. A view, good until the next record is asked for. */
  readonly records: Uint8Array;
}

export interface ScanEnd {
  /** Where the last record that can be believed ends. */
  readonly good: number;
  /** It has its summary; what is missing of its data was told as damage. */
  readonly finished: boolean;
}

export type OnDamage = (fromByte: number, toByte: number) => void;

const WINDOW_BYTES = 256 * 1024;
const FOOTER_BYTES = RECORD_HEAD + 20;
/** Longer ones are damage. */
const MOST_RECORD_BYTES = 2 ** 31;
/** Whether a file has its footer. False as well for one that is not there. */
export function isFinished(path: string): boolean {
  const reader = new FileWindow(path);
  const tail = reader.at(reader.size - FOOTER_BYTES - MCAP_MAGIC.length, FOOTER_BYTES + MCAP_MAGIC.length);
  return (
    tail !== undefined && tail[0] === Opcode.FOOTER && MCAP_MAGIC.every((byte, i) => tail[FOOTER_BYTES + i] === byte)
  );
}

/**
 * The records of the data, in turn. Damage with a good chunk behind it is skipped and told. What follows the last good
 * record of a file that was not finished is the caller's to judge: compare `good` with the size. A file that is not there
 * is an empty one.
 */
export function* scan(path: string, onDamage: OnDamage): Generator<ScannedRecord | ScannedChunk, ScanEnd> {
  const file = new FileWindow(path);
  const magic = file.at(0, MCAP_MAGIC.length);
  /** End of the last good record, and of the last chunk: a length that lies shows only further on. */
  let good = magic !== undefined && MCAP_MAGIC.every((byte, i) => magic[i] === byte) ? MCAP_MAGIC.length : 0;
  let sure = good;
  for (let at = good; ; ) {
    const found = recordAt(file, at);
    if (found !== undefined) {
      good = at = found.offset + found.length;
      if (found.opcode === Opcode.DATA_END) return { good, finished: true };
      if (found.opcode === CHUNK) sure = good;
      if (found.record !== undefined) yield found.record;
      continue;
    }
    if (at >= file.size) return { good, finished: false };
    const next = nextChunk(file, sure);
    if (next === undefined) {
      const finished = isFinished(path);
      if (finished) onDamage(good, file.size);
      return { good, finished };
    }
    onDamage(Math.min(good, next), next);
    at = next;
  }
}

/** The messages of a chunk's records. `sequence` is its lowest 32 bits. Throws on records that no chunk of ours has. */
export function* messagesIn(
  records: Uint8Array,
): Generator<{ channel: number; sequence: number; timeNs: bigint; body: Uint8Array }> {
  const view = new DataView(records.buffer, records.byteOffset, records.length);
  for (let at = 0; at < records.length; ) {
    const end = at + RECORD_HEAD + Number(view.getBigUint64(at + 1, true));
    if (view.getUint8(at) === MESSAGE) {
      yield {
        channel: view.getUint16(at + 9, true),
        sequence: view.getUint32(at + 11, true),
        timeNs: view.getBigUint64(at + 15, true),
        body: records.subarray(at + MESSAGE_HEAD + CDR_LITTLE_ENDIAN.length, end),
      };
    }
    at = end;
  }
}

interface Found {
  readonly opcode: number;
  readonly offset: number;
  readonly length: number;
  /** Undefined for what only repeats what chunks say. */
  readonly record?: ScannedRecord | ScannedChunk;
}

function recordAt(file: FileWindow, offset: number): Found | undefined {
  const head = file.at(offset, RECORD_HEAD);
  if (head === undefined) return undefined;
  const opcode = head[0]!;
  const content = Number(head.readBigUInt64LE(1));
  const length = RECORD_HEAD + content;
  if (length > MOST_RECORD_BYTES) return undefined;
  if (opcode === CHUNK) {
    const records = chunkAt(file, offset);
    return records && { opcode, offset, length, record: { opcode, offset, records } };
  }
  const bytes = file.at(offset, length);
  if (bytes === undefined) return undefined;
  if (opcode === Opcode.DATA_END) return content === 4 ? { opcode, offset, length } : undefined;
  if (opcode === MESSAGE_INDEX) {
    return content >= 6 && bytes.readUInt32LE(RECORD_HEAD + 2) === content - 6 ? { opcode, offset, length } : undefined;
  }
  return isWellFormed(bytes) ? { opcode, offset, length, record: { opcode, offset, bytes } } : undefined;
}

/** The records of a chunk that is not compressed and whose sizes and checksum hold. */
function chunkAt(file: FileWindow, offset: number): Uint8Array | undefined {
  const head = file.at(offset, CHUNK_HEAD);
  if (head === undefined || !looksLikeChunk(head)) return undefined;
  const crc = head.readUInt32LE(33);
  const records = file.at(offset, CHUNK_HEAD + Number(head.readBigUInt64LE(41)))?.subarray(CHUNK_HEAD);
  return records !== undefined && crc32(records) === crc ? records : undefined;
}

function looksLikeChunk(head: Buffer): boolean {
  const size = head.readBigUInt64LE(41);
  const agrees = head.readBigUInt64LE(1) === size + 40n && head.readBigUInt64LE(25) === size;
  return head[0] === CHUNK && agrees && head.readUInt32LE(37) === 0 && size <= MOST_RECORD_BYTES;
}

/** Where the first good chunk at or behind `from` begins. */
function nextChunk(file: FileWindow, from: number): number | undefined {
  for (let at = from; at + CHUNK_HEAD <= file.size; ) {
    const window = file.at(at, Math.min(WINDOW_BYTES, file.size - at));
    if (window === undefined) return undefined;
    const heads = window.length - CHUNK_HEAD + 1;
    for (let i = window.indexOf(CHUNK); i >= 0 && i < heads; i = window.indexOf(CHUNK, i + 1)) {
      if (looksLikeChunk(window.subarray(i, i + CHUNK_HEAD)) && chunkAt(file, at + i) !== undefined) return at + i;
    }
    at += heads;
  }
  return undefined;
}

/** A file seen through a window. It is open only while it is read, so that whoever stops halfway leaves nothing open. */
class FileWindow {
  readonly #path: string;
  readonly size: number;
  #window: Buffer = Buffer.alloc(0);
  #at = 0;

  constructor(path: string) {
    this.#path = path;
    this.size = fs.statSync(path, { throwIfNoEntry: false })?.size ?? 0;
  }

  /** A view of `length` bytes from `offset` on, good until the next call; undefined where the file has not so many. */
  at(offset: number, length: number): Buffer | undefined {
    if (offset < 0 || offset + length > this.size) return undefined;
    const from = offset - this.#at;
    if (from >= 0 && from + length <= this.#window.length) return this.#window.subarray(from, from + length);
    const window = readAt(this.#path, offset, Math.min(Math.max(length, WINDOW_BYTES), this.size - offset));
    if (window.length < length) return undefined;
    this.#window = window;
    this.#at = offset;
    return window.subarray(0, length);
  }
}

/** At most `length` bytes; fewer where the file ends, none where it is gone. */
export function readAt(path: string, offset: number, length: number): Buffer {
  let file: number;
  try {
    file = fs.openSync(path, "r");
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return Buffer.alloc(0);
    throw error;
  }
  try {
    const bytes = Buffer.allocUnsafe(length);
    let read = 0;
    while (read < length) {
      const count = fs.readSync(file, bytes, read, length - read, offset + read);
      if (count === 0) break;
      read += count;
    }
    return bytes.subarray(0, read);
  } finally {
    fs.closeSync(file);
  }
}
