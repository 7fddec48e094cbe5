/** A chunk of an MCAP file (mcap.dev/spec, Chunk, Message, Message Index) while messages are added to it. */
import { crc32 } from "node:zlib";
import type { LogEntry } from "./entry.ts";
import { CDR_LITTLE_ENDIAN } from "./topic.ts";

export const CHUNK = 0x06;
export const MESSAGE = 0x05;
export const MESSAGE_INDEX = 0x07;
/** Opcode and length before every record. */
export const RECORD_HEAD = 9;
/** What lies before a chunk's records: head, times, sizes, CRC, the empty name of no compression. */
export const CHUNK_HEAD = RECORD_HEAD + 40;
export const MESSAGE_HEAD = RECORD_HEAD + 22;

/** Where a chunk can be taken back to. */
export interface ChunkMark {
  readonly length: number;
  readonly crc: number;
  readonly count: number;
  readonly first: number;
  readonly last: number;
  readonly start: bigint;
  readonly end: bigint;
  readonly indexed: readonly number[];
}

/** Grows by whole entries; can be taken back to where it was. Channel ids are places in the log's topics, from 1. */
export class OpenChunk {
  #bytes = Buffer.allocUnsafe(4096);
  #view = viewOf(this.#bytes);
  #length = CHUNK_HEAD;
  #crc = 0;
  #count = 0;
  #first = 0;
  #last = 0;
  #start = 0n;
  #end = 0n;
  /** By channel: time and place of each message, in turn. */
  readonly #index: bigint[][];

  constructor(channels: number) {
    this.#index = Array.from({ length: channels }, () => []);
  }

  /** Of the whole record. */
  get length(): number {
    return this.#length;
  }

  /** Messages in it. */
  get count(): number {
    return this.#count;
  }

  /** Lowest and highest sequence number. */
  get first(): number {
    return this.#first;
  }

  get last(): number {
    return this.#last;
  }

  /** Of its messages, ns. */
  get times(): { readonly start: bigint; readonly end: bigint } {
    return { start: this.#start, end: this.#end };
  }

  /** Messages by channel. */
  get counts(): readonly number[] {
    return this.#index.map((entries) => entries.length / 2);
  }

  add({ sequence, timeNs, messages }: LogEntry): void {
    const time = timeNs < 0n ? 0n : timeNs; // MCAP knows no time before 0
    const from = this.#length;
    if (this.#count === 0) [this.#first, this.#start, this.#end] = [sequence, time, time];
    for (const { channel, body } of messages) this.#addMessage(channel, sequence, time, body);
    this.#crc = crc32(this.#bytes.subarray(from, this.#length), this.#crc);
    this.#last = sequence;
    if (time < this.#start) this.#start = time;
    if (time > this.#end) this.#end = time;
  }

  mark(): ChunkMark {
    return {
      length: this.#length,
      crc: this.#crc,
      count: this.#count,
      first: this.#first,
      last: this.#last,
      start: this.#start,
      end: this.#end,
      indexed: this.#index.map((entries) => entries.length),
    };
  }

  backTo(mark: ChunkMark): void {
    this.#length = mark.length;
    this.#crc = mark.crc;
    this.#count = mark.count;
    [this.#first, this.#last, this.#start, this.#end] = [mark.first, mark.last, mark.start, mark.end];
    for (const [i, entries] of this.#index.entries()) entries.length = mark.indexed[i]!;
  }

  /** The whole record as it is now. A view, good until the next `add`. */
  bytes(): Buffer {
    const records = BigInt(this.#length - CHUNK_HEAD);
    const view = this.#view;
    view.setUint8(0, CHUNK);
    view.setBigUint64(1, BigInt(this.#length - RECORD_HEAD), true);
    view.setBigUint64(9, this.#start, true);
    view.setBigUint64(17, this.#end, true);
    view.setBigUint64(25, records, true);
    view.setUint32(33, this.#crc, true);
    view.setUint32(37, 0, true); // no compression
    view.setBigUint64(41, records, true);
    return this.#bytes.subarray(0, this.#length);
  }

  /** The index records that follow it, and where in them each channel's begins. */
  index(): { readonly bytes: Buffer; readonly offsets: ReadonlyMap<number, number> } {
    const offsets = new Map<number, number>();
    const parts: Buffer[] = [];
    let at = 0;
    for (const [i, entries] of this.#index.entries()) {
      if (entries.length === 0) continue;
      const bytes = Buffer.allocUnsafe(RECORD_HEAD + 6 + entries.length * 8);
      bytes.writeUint8(MESSAGE_INDEX, 0);
      bytes.writeBigUint64LE(BigInt(bytes.length - RECORD_HEAD), 1);
      bytes.writeUint16LE(i + 1, 9);
      bytes.writeUint32LE(entries.length * 8, 11);
      for (let n = 0; n < entries.length; n++) bytes.writeBigUint64LE(entries[n]!, RECORD_HEAD + 6 + n * 8);
      offsets.set(i + 1, at);
      at += bytes.length;
      parts.push(bytes);
    }
    return { bytes: Buffer.concat(parts, at), offsets };
  }

  #addMessage(channel: number, sequence: number, time: bigint, body: Uint8Array): void {
    const at = this.#length;
    const size = MESSAGE_HEAD + CDR_LITTLE_ENDIAN.length + body.length;
    if (at + size > this.#bytes.length) this.#grow(at + size);
    const view = this.#view;
    view.setUint8(at, MESSAGE);
    view.setUint32(at + 1, size - RECORD_HEAD, true);
    view.setUint32(at + 5, 0, true);
    view.setUint16(at + 9, channel, true);
    view.setUint32(at + 11, sequence % 2 ** 32, true);
    view.setBigUint64(at + 15, time, true);
    view.setBigUint64(at + 23, time, true);
    this.#bytes.set(CDR_LITTLE_ENDIAN, at + MESSAGE_HEAD);
    this.#bytes.set(body, at + MESSAGE_HEAD + CDR_LITTLE_ENDIAN.length);
    this.#index[channel - 1]!.push(time, BigInt(at - CHUNK_HEAD));
    this.#length = at + size;
    this.#count++;
  }

  #grow(least: number): void {
    const bytes = Buffer.allocUnsafe(Math.max(least, 2 * this.#bytes.length));
    bytes.set(this.#bytes.subarray(0, this.#length));
    this.#bytes = bytes;
    this.#view = viewOf(bytes);
  }
}

function viewOf({ buffer, byteOffset, length }: Buffer): DataView {
  return new DataView(buffer, byteOffset, length);
}
