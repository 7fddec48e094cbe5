/** An append-only log on disk that survives being killed, a torn tail, flipped bits and a full disk. */
import * as fs from "node:fs";
import { join } from "node:path";
import { encodeRecord, type LogRecord, scanRecords } from "./record.ts";

export interface RecordLogOptions {
  /** A segment is closed when it has grown past this; whole segments are what `deleteBelow` deletes. */
  readonly segmentBytes?: number;
  /** Told, in one line each, what recovery dropped and which damage was skipped. */
  readonly report?: (line: string) => void;
  /** Writes at most `length` bytes, says how many, throws when the disk is full. */
  readonly write?: (file: number, bytes: Uint8Array, offset: number, length: number, position: number) => number;
}

interface Segment {
  readonly path: string;
  readonly first: number;
}

const NAME = /^(\d{16})\.log$/;

/**
 * Records in files named by the sequence number they begin with. Sequence numbers only rise; a jump is allowed. What was
 * appended is buffered: `flush` hands it to the operating system (survives kill -9), `sync` to the disk (survives power loss).
 */
export class RecordLog {
  readonly #directory: string;
  readonly #segmentBytes: number;
  readonly #report: (line: string) => void;
  readonly #write: NonNullable<RecordLogOptions["write"]>;
  #segments: Segment[];
  #file: number | undefined;
  #fileBytes = 0;
  #next = 0;
  #pending: { readonly sequence: number; readonly bytes: Uint8Array }[] = [];
  #pendingBytes = 0;
  #last: LogRecord | undefined;

  /** Opens or makes the log, cutting a torn tail off. Throws when the directory cannot be used. */
  constructor(directory: string, options: RecordLogOptions = {}) {
    const { segmentBytes = 16 * 1024 * 1024, report = () => {}, write = fs.writeSync } = options;
    this.#directory = directory;
    this.#segmentBytes = segmentBytes;
    this.#report = report;
    this.#write = write;
    fs.mkdirSync(directory, { recursive: true });
    this.#segments = fs
      .readdirSync(directory)
      .filter((name) => NAME.test(name))
      .sort()
      .map((name) => ({ path: join(directory, name), first: Number(NAME.exec(name)![1]) }));
    const newest = this.#segments.at(-1);
    if (newest !== undefined) this.#recover(newest);
  }

  /** One more than the highest sequence number in the log; 0 when it never held one. */
  get next(): number {
    return this.#next;
  }

  /** The lowest sequence number that may still be in the log. */
  get first(): number {
    return this.#segments[0]?.first ?? this.#pending[0]?.sequence ?? this.#next;
  }

  /** The newest record found when the log was opened. */
  get last(): LogRecord | undefined {
    return this.#last;
  }

  /** Every record below this was handed to the operating system or deleted. */
  get written(): number {
    return this.#pending[0]?.sequence ?? this.#next;
  }

  /** Bytes appended but not yet handed to the operating system. Grows while the disk is full. */
  get pendingBytes(): number {
    return this.#pendingBytes;
  }

  /** Buffers a record; copies `payload`. Throws when the sequence number does not rise. */
  append(sequence: number, payload: Uint8Array): void {
    if (sequence < this.#next) {
      throw new Error(`log ${this.#directory}: expected sequence ${this.#next} or later, found ${sequence}`);
    }
    const bytes = encodeRecord(sequence, payload);
    this.#pending.push({ sequence, bytes });
    this.#pendingBytes += bytes.length;
    this.#next = sequence + 1;
  }

  /** Writes what is buffered. On an error (disk full) what could not be written stays buffered for the next call. */
  flush(): Error | undefined {
    try {
      while (this.#pending.length > 0) this.#writeSegment();
      return undefined;
    } catch (error) {
      return error as Error;
    }
  }

  /** Flushes, then waits until the disk has it. */
  async sync(): Promise<Error | undefined> {
    const error = this.flush();
    const file = this.#file;
    if (error !== undefined || file === undefined) return error;
    return new Promise((resolve) => fs.fdatasync(file, (failed) => resolve(failed ?? undefined)));
  }

  /** Records from sequence `from` on, buffered ones included. Sees at least what was appended before its first record. */
  *read(from: number): Generator<LogRecord> {
    this.flush();
    const unwritten = [...this.#pending];
    let reached = from;
    for (const [i, segment] of [...this.#segments].entries()) {
      const following = this.#segments[i + 1];
      if (following !== undefined && following.first <= from) continue;
      const bytes = readIfThere(segment.path);
      const tail = { end: 0 };
      for (const record of scanRecords(bytes, segment.first, this.#damageIn(segment))) {
        tail.end = record.end;
        if (record.sequence < reached) continue;
        reached = record.sequence + 1;
        yield record;
      }
      if (tail.end < bytes.length) this.#damageIn(segment)(tail.end, bytes.length);
    }
    for (const { sequence, bytes } of unwritten) {
      if (sequence >= reached) yield { sequence, payload: bytes.subarray(16) };
    }
  }

  /** Deletes segments that hold nothing from `sequence` on, and buffered records below it. The newest segment stays. */
  deleteBelow(sequence: number): void {
    while (this.#segments.length > 1 && this.#segments[1]!.first <= sequence) {
      fs.rmSync(this.#segments.shift()!.path, { force: true });
    }
    while (this.#pending.length > 0 && this.#pending[0]!.sequence < sequence) {
      this.#pendingBytes -= this.#pending.shift()!.bytes.length;
    }
  }

  /** Syncs and lets go of the file. What a full disk did not take is lost; the error says so. */
  async close(): Promise<Error | undefined> {
    const error = await this.sync();
    if (this.#file !== undefined) fs.closeSync(this.#file);
    this.#file = undefined;
    return error;
  }

  #recover(segment: Segment): void {
    const bytes = fs.readFileSync(segment.path);
    let end = 0;
    for (const record of scanRecords(bytes, segment.first, this.#damageIn(segment))) {
      end = record.end;
      this.#last = record;
    }
    if (this.#last !== undefined) this.#last = { ...this.#last, payload: this.#last.payload.slice() };
    this.#next = this.#last === undefined ? segment.first : this.#last.sequence + 1;
    if (end < bytes.length) {
      this.#report(`log ${segment.path}: dropped a torn tail of ${bytes.length - end} bytes after byte ${end}`);
      fs.truncateSync(segment.path, end);
    }
    this.#file = fs.openSync(segment.path, "r+");
    this.#fileBytes = end;
  }

  /** Writes pending records up to the end of one segment. */
  #writeSegment(): void {
    if (this.#file === undefined || this.#fileBytes >= this.#segmentBytes) this.#rotate(this.#pending[0]!.sequence);
    const file = this.#file!;
    let count = 0;
    let size = 0;
    while (count < this.#pending.length && this.#fileBytes + size < this.#segmentBytes) {
      size += this.#pending[count++]!.bytes.length;
    }
    const chunk = Buffer.concat(
      this.#pending.slice(0, count).map(({ bytes }) => bytes),
      size,
    );
    try {
      for (let at = 0; at < size; ) at += this.#write(file, chunk, at, size - at, this.#fileBytes + at);
    } catch (error) {
      fs.ftruncateSync(file, this.#fileBytes);
      throw error;
    }
    this.#fileBytes += size;
    this.#pending.splice(0, count);
    this.#pendingBytes -= size;
  }

  #rotate(first: number): void {
    if (this.#file !== undefined) {
      fs.fdatasyncSync(this.#file);
      fs.closeSync(this.#file);
      this.#file = undefined;
    }
    const path = join(this.#directory, `${String(first).padStart(16, "0")}.log`);
    this.#file = fs.openSync(path, "w+");
    this.#fileBytes = 0;
    syncDirectory(this.#directory);
    this.#segments.push({ path, first });
  }

  #damageIn(segment: Segment): (fromByte: number, toByte: number) => void {
    return (from, to) => this.#report(`log ${segment.path}: skipped damage from byte ${from} to ${to}`);
  }
}

/** A file's name is durable only when its directory is. */
function syncDirectory(path: string): void {
  const directory = fs.openSync(path, "r");
  try {
    fs.fsyncSync(directory);
  } finally {
    fs.closeSync(directory);
  }
}

function readIfThere(path: string): Uint8Array {
  try {
    return fs.readFileSync(path);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return new Uint8Array(0);
    throw error;
  }
}
