/** An append-only log of MCAP files that survives being killed, a torn tail, flipped bits and a full disk. */
import * as fs from "node:fs";
import { entriesOf, growing, unwrapped } from "./entries.ts";
import type { LogEntry, LogMessage } from "./entry.ts";
import { finishFile } from "./finish.ts";
import { type Heading, McapFile, type Write } from "./mcap-file.ts";
import { Pending } from "./pending.ts";
import { isFinished } from "./scan.ts";
import { type Segment, segmentPath, segmentsIn } from "./segments.ts";
import { syncDirectory } from "./sync-directory.ts";
import type { Topic } from "./topic.ts";
import { verifyFile } from "./verify.ts";

export interface RecordLogOptions {
  /** By channel, from 1. The same at every opening. */
  readonly topics: readonly Topic[];
  /** A file is finished when it has grown past this; whole files are what `deleteBelow` deletes. */
  readonly segmentBytes?: number;
  /** Or when it is older than this. */
  readonly segmentMs?: number;
  /** A chunk gets no more when it has grown past this or is older: damage costs whole chunks. */
  readonly chunkBytes?: number;
  readonly chunkMs?: number;
  /** Asked for every new file. */
  readonly heading?: () => Heading;
  /** Told, in one line each, what recovery dropped and which damage was skipped. */
  readonly report?: (line: string) => void;
  /** Writes at most `length` bytes, says how many, throws when the disk is full. */
  readonly write?: Write;
  readonly nowMs?: () => number;
}

/**
 * Entries in files named by the sequence number they begin with. Sequence numbers only rise; a jump is allowed. What was
 * appended is buffered: `flush` hands it to the operating system (survives kill -9), `sync` to the disk (survives power loss).
 */
export class RecordLog {
  readonly #directory: string;
  readonly #options: Required<RecordLogOptions>;
  #segments: Segment[];
  #file: McapFile | undefined;
  #fileBegan = 0;
  #next = 0;
  readonly #pending = new Pending();
  #last: LogEntry | undefined;
  /** Why the last file that was finished is not on the disk for sure. */
  #finishError: Error | undefined;
  #verifying: Promise<void> = Promise.resolve();

  /** Opens or makes the log, finishing files a crash left. Throws when the directory cannot be used. */
  constructor(directory: string, options: RecordLogOptions) {
    this.#directory = directory;
    this.#options = {
      segmentBytes: 16 * 1024 * 1024,
      segmentMs: Number.POSITIVE_INFINITY,
      chunkBytes: 64 * 1024,
      chunkMs: 250,
      heading: () => ({}),
      report: () => {},
      write: fs.writeSync,
      nowMs: () => performance.now(),
      ...options,
    };
    fs.mkdirSync(directory, { recursive: true });
    this.#segments = segmentsIn(directory);
    for (const segment of this.#segments) if (!isFinished(segment.path)) this.#recover(segment);
    const newest = this.#segments.at(-1);
    if (newest !== undefined) this.#findEnd(newest);
  }

  /** One more than the highest sequence number in the log; 0 when it never held one. */
  get next(): number {
    return this.#next;
  }

  /** The lowest sequence number that may still be in the log. */
  get first(): number {
    return this.#segments[0]?.first ?? this.written;
  }

  /** The newest entry found when the log was opened. */
  get last(): LogEntry | undefined {
    return this.#last;
  }

  /** Everything below this was handed to the operating system or deleted. */
  get written(): number {
    return this.#pending.entries[0]?.sequence ?? this.#next;
  }

  /** Bytes appended but not yet handed to the operating system. Grows while the disk is full. */
  get pendingBytes(): number {
    return this.#pending.bytes;
  }

  /** Bytes of all files. */
  get bytes(): number {
    const known = this.#segments.reduce((sum, { bytes }) => sum + bytes, 0);
    return known + (this.#file === undefined ? 0 : this.#file.bytes - this.#segments.at(-1)!.bytes);
  }

  /** Buffers an entry; copies its messages. Throws when the sequence number does not rise. */
  append(sequence: number, timeNs: bigint, messages: readonly LogMessage[]): void {
    if (sequence < this.#next) {
      throw new Error(`log ${this.#directory}: expected sequence ${this.#next} or later, found ${sequence}`);
    }
    this.#pending.add(sequence, timeNs, messages);
    this.#next = sequence + 1;
  }

  /** Writes what is buffered. On an error (disk full) what could not be written stays buffered for the next call. */
  flush(): Error | undefined {
    let done = 0;
    try {
      while (done < this.#pending.entries.length) done += this.#writeSome(done);
      return undefined;
    } catch (error) {
      return error as Error;
    } finally {
      this.#pending.drop(done);
    }
  }

  /** Flushes, then waits until the disk has it. What it has is not written over any more. */
  async sync(): Promise<Error | undefined> {
    const error = this.flush();
    const file = this.#file;
    if (error !== undefined || file === undefined) return error;
    try {
      file.seal();
    } catch (failed) {
      return failed as Error;
    }
    const failed = await new Promise<Error | null>((resolve) => fs.fdatasync(file.file, resolve));
    const rotated = this.#file !== file; // and synced then, or why not
    const reason = rotated ? this.#finishError : failed;
    this.#finishError = undefined;
    return reason ?? undefined;
  }

  /** Entries from sequence `from` on, buffered ones included. Sees at least what was appended before its first. */
  *read(from: number): Generator<LogEntry> {
    this.flush();
    let reached = from;
    for (let segment = this.#segmentAt(reached); segment !== undefined; segment = this.#segmentAfter(segment)) {
      const entries = segment.path === this.#file?.path ? growing(this.#file, () => reached) : this.#scan(segment);
      for (const entry of entries) {
        const whole = { ...entry, sequence: unwrapped(entry.sequence, segment.first) };
        if (whole.sequence < reached) continue;
        reached = whole.sequence + 1;
        yield whole;
      }
    }
    for (const entry of [...this.#pending.entries]) if (entry.sequence >= reached) yield entry;
  }

  /**
   * Deletes files that hold nothing from `sequence` on, the oldest first, as long as all files together are larger than
   * `keepBytes`; and buffered entries below it. The newest file stays.
   */
  deleteBelow(sequence: number, keepBytes = 0): void {
    while (this.#segments.length > 1 && this.#segments[1]!.first <= sequence && this.bytes > keepBytes) {
      fs.rmSync(this.#segments.shift()!.path, { force: true });
    }
    this.#pending.dropBelow(sequence);
  }

  /** Deletes the oldest file, be it the newest too. Returns the numbers that are gone; undefined when there was none. */
  deleteOldest(): number[] | undefined {
    const oldest = this.#segments.shift();
    if (oldest === undefined) return undefined;
    const gone = [...this.#scan(oldest)].map(({ sequence }) => unwrapped(sequence, oldest.first));
    if (this.#file?.path === oldest.path) {
      this.#file.close();
      this.#file = undefined;
    }
    fs.rmSync(oldest.path, { force: true });
    return gone;
  }

  /** Gives up what is buffered. Returns the numbers that are gone. */
  dropPending(): number[] {
    const gone = this.#pending.entries.map(({ sequence }) => sequence);
    this.#pending.drop(gone.length);
    return gone;
  }

  /** Finishes the file and lets go of it, when what was finished was verified. What a full disk did not take is lost; the error says so. */
  async close(): Promise<Error | undefined> {
    const error = this.flush();
    this.#rotate();
    await this.#verifying;
    return error ?? this.#finishError;
  }

  #recover(segment: Segment): void {
    const { topics, report, write } = this.#options;
    try {
      for (const line of finishFile(segment.path, topics, write).lost) report(line);
      segment.bytes = fs.statSync(segment.path).size;
    } catch (error) {
      report(`log ${segment.path}: stays without its end: ${(error as Error).message}`);
    }
  }

  #findEnd(segment: Segment): void {
    let last: LogEntry | undefined;
    for (const entry of this.#scan(segment)) last = entry;
    if (last === undefined) {
      this.#next = segment.first;
      return;
    }
    const messages = last.messages.map(({ channel, body }) => ({ channel, body: body.slice() }));
    this.#last = { ...last, sequence: unwrapped(last.sequence, segment.first), messages };
    this.#next = this.#last.sequence + 1;
  }

  /** Writes pending entries from the `from`th on up to the end of one chunk; returns how many. */
  #writeSome(from: number): number {
    const { segmentBytes, segmentMs, chunkBytes, chunkMs, nowMs } = this.#options;
    const now = nowMs();
    const { entries } = this.#pending;
    if (this.#file !== undefined && (this.#file.bytes >= segmentBytes || now - this.#fileBegan >= segmentMs))
      this.#rotate();
    const file = this.#file ?? this.#begin(entries[from]!.sequence, now);
    if (file.openBytes >= chunkBytes || now - file.openSinceMs >= chunkMs) file.seal();
    let size = file.openBytes;
    let to = from;
    while (to < entries.length && size < chunkBytes) {
      for (const { body } of entries[to]!.messages) size += body.length + 35;
      to++;
    }
    file.write(entries.slice(from, to), now);
    return to - from;
  }

  #begin(first: number, now: number): McapFile {
    const { topics, heading, write } = this.#options;
    const path = segmentPath(this.#directory, first);
    const file = new McapFile(path, topics, heading(), write);
    syncDirectory(this.#directory);
    if (this.#segments.at(-1)?.path === path) this.#segments.pop();
    this.#segments.push({ path, first, bytes: 0 });
    this.#file = file;
    this.#fileBegan = now;
    return file;
  }

  #rotate(): void {
    if (this.#file !== undefined) this.#finish(this.#file);
    this.#file = undefined;
  }

  /** A file that does not get its end now gets it at the next opening. */
  #finish(file: McapFile): void {
    const { report } = this.#options;
    const segment = this.#segments.find(({ path }) => path === file.path)!;
    try {
      file.finish();
      this.#verifying = this.#verifying.then(() => this.#verify(segment));
    } catch (error) {
      report(`log ${file.path}: has not got its end: ${(error as Error).message}`);
    }
    try {
      fs.fdatasyncSync(file.file);
    } catch (error) {
      this.#finishError = error as Error;
    }
    segment.bytes = file.bytes;
    file.close();
  }

  async #verify(segment: Segment): Promise<void> {
    try {
      await verifyFile(segment.path);
    } catch (error) {
      if (this.#segments.includes(segment)) this.#options.report((error as Error).message);
    }
  }

  #segmentAt(sequence: number): Segment | undefined {
    return this.#segments.findLast(({ first }) => first <= sequence) ?? this.#segments[0];
  }

  #segmentAfter({ first }: Segment): Segment | undefined {
    return this.#segments.find((segment) => segment.first > first);
  }

  #scan({ path }: Segment): Generator<LogEntry> {
    return entriesOf(path, (from, to) =>
      this.#options.report(`log ${path}: skipped damage from byte ${from} to ${to}`),
    );
  }
}
