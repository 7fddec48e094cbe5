/** One MCAP file (mcap.dev/spec) that is being written, synchronously: chunks as they come, the summary at the end. */
import * as fs from "node:fs";
import { crc32 } from "node:zlib";
import { McapRecordBuilder, Opcode } from "@mcap/core";
import { CHUNK_HEAD, OpenChunk } from "./chunk.ts";
import type { LogEntry } from "./entry.ts";
import type { Topic } from "./topic.ts";

/** Writes at most `length` bytes, says how many, throws when the disk is full. */
export type Write = (file: number, bytes: Uint8Array, offset: number, length: number, position: number) => number;

/** What a file says of itself, beside its messages. */
export interface Heading {
  /** Whole documents, as the settings of the run. */
  readonly attachments?: readonly { readonly name: string; readonly mediaType: string; readonly data: Uint8Array }[];
  readonly metadata?: readonly { readonly name: string; readonly values: Readonly<Record<string, string>> }[];
}

/** A chunk as it lies on the disk. */
export interface ChunkPlace {
  readonly offset: number;
  readonly length: number;
  /** Lowest and highest sequence number. */
  readonly first: number;
  readonly last: number;
}

interface Sealed extends ChunkPlace {
  readonly start: bigint;
  readonly end: bigint;
  readonly counts: readonly number[];
  readonly indexOffsets: ReadonlyMap<number, number>;
  readonly indexLength: number;
}

export class McapFile {
  readonly path: string;
  readonly #file: number;
  readonly #topics: readonly Topic[];
  readonly #heading: Heading;
  readonly #write: Write;
  readonly #sealed: Sealed[] = [];
  /** Where the heading's records lie, attachments first. */
  readonly #headingPlaces: { readonly offset: number; readonly length: number }[] = [];
  #chunk: OpenChunk;
  #chunkBegan = 0;
  /** End of all that is sealed, and its CRC. */
  #end = 0;
  #crc = 0;
  /** Of the open chunk, on the disk. */
  #chunkBytes = 0;

  /** Makes the file, or an empty one of it. Throws when the disk does not take its head. */
  constructor(path: string, topics: readonly Topic[], heading: Heading = {}, write: Write = fs.writeSync) {
    this.path = path;
    this.#topics = topics;
    this.#heading = heading;
    this.#write = write;
    this.#chunk = new OpenChunk(topics.length);
    this.#file = fs.openSync(path, "w+");
    try {
      this.#append(this.#head());
    } catch (error) {
      fs.closeSync(this.#file);
      fs.rmSync(path, { force: true });
      throw error;
    }
  }

  /** Bytes on the disk. */
  get bytes(): number {
    return this.#end + this.#chunkBytes;
  }

  /** Bytes of the chunk that still grows, 0 when there is none. */
  get openBytes(): number {
    return this.#chunkBytes;
  }

  /** When the chunk that still grows was begun. */
  get openSinceMs(): number {
    return this.#chunkBegan;
  }

  get file(): number {
    return this.#file;
  }

  /** The chunk that holds `sequence`, or the first one behind it. */
  find(sequence: number): ChunkPlace | undefined {
    let [low, high] = [0, this.#sealed.length];
    while (low < high) {
      const middle = (low + high) >>> 1;
      if (this.#sealed[middle]!.last < sequence) low = middle + 1;
      else high = middle;
    }
    const sealed = this.#sealed[low];
    if (sealed !== undefined) return sealed;
    const { first, last } = this.#chunk;
    const open = { offset: this.#end, length: this.#chunkBytes, first, last };
    return this.#chunkBytes > 0 && last >= sequence ? open : undefined;
  }

  /**
   * Adds entries to the growing chunk: first what is new behind it, then its head, so that a process killed between the two
   * leaves a chunk that is whole. Throws when the disk does not take them; then nothing was added.
   */
  write(entries: readonly LogEntry[], nowMs: number): void {
    const mark = this.#chunk.mark();
    for (const entry of entries) this.#chunk.add(entry);
    const bytes = this.#chunk.bytes();
    const from = this.#chunkBytes;
    try {
      this.#writeAll(bytes.subarray(from), this.#end + from);
      if (from > 0) this.#writeAll(bytes.subarray(0, CHUNK_HEAD), this.#end);
    } catch (error) {
      this.#chunk.backTo(mark);
      fs.ftruncateSync(this.#file, this.#end + from);
      throw error;
    }
    if (from === 0) this.#chunkBegan = nowMs;
    this.#chunkBytes = bytes.length;
  }

  /** The growing chunk grows no more and gets its index. Throws when the disk does not take that. */
  seal(): void {
    if (this.#chunkBytes === 0) return;
    const chunk = this.#chunk;
    const { bytes, offsets } = chunk.index();
    const offset = this.#end;
    const indexAt = offset + chunk.length;
    try {
      this.#writeAll(bytes, indexAt);
    } catch (error) {
      fs.ftruncateSync(this.#file, indexAt);
      throw error;
    }
    this.#crc = crc32(bytes, crc32(chunk.bytes(), this.#crc));
    this.#sealed.push({
      offset,
      length: chunk.length,
      first: chunk.first,
      last: chunk.last,
      ...chunk.times,
      counts: chunk.counts,
      indexOffsets: new Map([...offsets].map(([channel, at]) => [channel, indexAt + at])),
      indexLength: bytes.length,
    });
    this.#end = indexAt + bytes.length;
    this.#chunkBytes = 0;
    this.#chunk = new OpenChunk(this.#topics.length);
  }

  /** Seals and writes the summary, by which others find their way. Throws when the disk does not take it; all messages stay. */
  finish(): void {
    this.seal();
    const data = this.#end;
    try {
      this.#append(this.#tail());
    } catch (error) {
      this.#end = data;
      fs.ftruncateSync(this.#file, data);
      throw error;
    }
  }

  close(): void {
    fs.closeSync(this.#file);
  }

  #head(): Uint8Array {
    const { attachments = [], metadata = [] } = this.#heading;
    const builder = new McapRecordBuilder();
    builder.writeMagic();
    builder.writeHeader({ profile: "ros2", library: "reverie" });
    this.#writeSchemas(builder);
    this.#writeChannels(builder);
    const place = (write: () => bigint): void => {
      const offset = builder.length;
      write();
      this.#headingPlaces.push({ offset, length: builder.length - offset });
    };
    for (const each of attachments) place(() => builder.writeAttachment({ ...each, logTime: 0n, createTime: 0n }));
    for (const { name, values } of metadata) {
      place(() => builder.writeMetadata({ name, metadata: new Map(Object.entries(values)) }));
    }
    return builder.buffer;
  }

  #writeSchemas(builder: McapRecordBuilder): void {
    for (const [i, { type, definition }] of this.#topics.entries()) {
      builder.writeSchema({ id: i + 1, name: type, encoding: "ros2msg", data: Buffer.from(definition) });
    }
  }

  #writeChannels(builder: McapRecordBuilder): void {
    for (const [i, { name }] of this.#topics.entries()) {
      const metadata = new Map([["offered_qos_profiles", ""]]);
      builder.writeChannel({ id: i + 1, schemaId: i + 1, topic: name, messageEncoding: "cdr", metadata });
    }
  }

  /** End of the data, what the summary consists of group by group, where the groups are, footer. */
  #tail(): Uint8Array {
    const builder = new McapRecordBuilder();
    builder.writeDataEnd({ dataSectionCrc: this.#crc });
    const summaryAt = builder.length;
    const groups: { readonly groupOpcode: number; readonly groupStart: bigint; readonly groupLength: bigint }[] = [];
    const group = (groupOpcode: number, write: () => void): void => {
      const from = builder.length;
      write();
      const groupLength = BigInt(builder.length - from);
      if (groupLength > 0n) groups.push({ groupOpcode, groupStart: BigInt(this.#end + from), groupLength });
    };
    group(Opcode.SCHEMA, () => this.#writeSchemas(builder));
    group(Opcode.CHANNEL, () => this.#writeChannels(builder));
    group(Opcode.STATISTICS, () => this.#writeStatistics(builder));
    this.#groupHeading(builder, group);
    group(Opcode.CHUNK_INDEX, () => this.#writeChunkIndexes(builder));
    const offsetsAt = builder.length;
    for (const each of groups) builder.writeSummaryOffset(each);
    const footer = { summaryStart: BigInt(this.#end + summaryAt), summaryOffsetStart: BigInt(this.#end + offsetsAt) };
    const footerAt = builder.length;
    builder.writeFooter({ ...footer, summaryCrc: 0 });
    const summaryCrc = crc32(builder.buffer.subarray(summaryAt, builder.length - 4));
    const bytes = Buffer.from(builder.buffer);
    bytes.writeUint32LE(summaryCrc, footerAt + 25);
    builder.reset();
    builder.writeMagic();
    return Buffer.concat([bytes, builder.buffer]);
  }

  #groupHeading(builder: McapRecordBuilder, group: (opcode: number, write: () => void) => void): void {
    const { attachments = [], metadata = [] } = this.#heading;
    const placeOf = (i: number) => {
      const { offset, length } = this.#headingPlaces[i]!;
      return { offset: BigInt(offset), length: BigInt(length) };
    };
    group(Opcode.METADATA_INDEX, () => {
      for (const [i, { name }] of metadata.entries()) {
        builder.writeMetadataIndex({ name, ...placeOf(attachments.length + i) });
      }
    });
    group(Opcode.ATTACHMENT_INDEX, () => {
      for (const [i, { name, mediaType, data }] of attachments.entries()) {
        const times = { logTime: 0n, createTime: 0n };
        builder.writeAttachmentIndex({ name, mediaType, ...times, dataSize: BigInt(data.length), ...placeOf(i) });
      }
    });
  }

  #writeStatistics(builder: McapRecordBuilder): void {
    const counts = this.#topics.map((_, i) => this.#sealed.reduce((sum, chunk) => sum + chunk.counts[i]!, 0));
    const { attachments = [], metadata = [] } = this.#heading;
    builder.writeStatistics({
      messageCount: BigInt(counts.reduce((a, b) => a + b, 0)),
      schemaCount: this.#topics.length,
      channelCount: this.#topics.length,
      attachmentCount: attachments.length,
      metadataCount: metadata.length,
      chunkCount: this.#sealed.length,
      messageStartTime: this.#sealed.reduce(
        (least, { start }) => (start < least ? start : least),
        this.#sealed[0]?.start ?? 0n,
      ),
      messageEndTime: this.#sealed.reduce((most, { end }) => (end > most ? end : most), 0n),
      channelMessageCounts: new Map(counts.map((count, i) => [i + 1, BigInt(count)])),
    });
  }

  #writeChunkIndexes(builder: McapRecordBuilder): void {
    for (const { start, end, offset, length, indexOffsets, indexLength } of this.#sealed) {
      const size = BigInt(length - CHUNK_HEAD);
      builder.writeChunkIndex({
        messageStartTime: start,
        messageEndTime: end,
        chunkStartOffset: BigInt(offset),
        chunkLength: BigInt(length),
        messageIndexOffsets: new Map([...indexOffsets].map(([channel, at]) => [channel, BigInt(at)])),
        messageIndexLength: BigInt(indexLength),
        compression: "",
        compressedSize: size,
        uncompressedSize: size,
      });
    }
  }

  /** Behind all that is sealed. */
  #append(bytes: Uint8Array): void {
    this.#writeAll(bytes, this.#end);
    this.#crc = crc32(bytes, this.#crc);
    this.#end += bytes.length;
  }

  #writeAll(bytes: Uint8Array, position: number): void {
    for (let at = 0; at < bytes.length; ) at += this.#write(this.#file, bytes, at, bytes.length - at, position + at);
  }
}
