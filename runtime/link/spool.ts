import type { LogEntry, LogMessage } from "../log/entry.ts";
import type { RecordLog } from "../log/record-log.ts";
import type { StepImage } from "../wire/images.ts";
import { rowTimeNs } from "../wire/step-codec.ts";
import type { ImageSpool } from "./image-spool.ts";

export interface Rows {
  readonly first: number;
  /** Of consecutive steps. */
  readonly rows: readonly Uint8Array[];
}

/** Errors of a disk that is full, or of which nothing more may be used. */
const FULL: ReadonlySet<string | undefined> = new Set(["ENOSPC", "EDQUOT"]);

/** Rows that are on their way again and again are few: the newest are at hand without reading the disk. */
const RECENT_ROWS = 1024;

/**
 * The robot's recording: steps on disk and, the newest, in memory. A row the learner has not acked is never deleted. When
 * the disk is full, images go first: those of acked steps, then the others; then rows that the learner has.
 */
export class Spool {
  readonly #log: RecordLog;
  readonly #keepBytes: number;
  /** None where the robot sees nothing. */
  readonly #images: ImageSpool | undefined;
  #acked = 0;
  /** Why the disk does not take what it is given. */
  #failure: Error | undefined;
  /** Consecutive; the last is the newest step of all. */
  #recent: { readonly sequence: number; readonly row: Uint8Array }[] = [];
  #reader: Generator<LogEntry> | undefined;
  #peeked: LogEntry | undefined;

  /** `keepBytes`: of steps that were acked. */
  constructor(log: RecordLog, keepBytes: number, images?: ImageSpool) {
    this.#log = log;
    this.#keepBytes = keepBytes;
    this.#images = images;
  }

  get next(): number {
    return this.#log.next;
  }

  get first(): number {
    return this.#log.first;
  }

  /** Every step below this is safe from the death of this process. */
  get written(): number {
    return this.#log.written;
  }

  /** Keeps a step; one that is here already is passed over. */
  append(
    sequence: number,
    row: Uint8Array,
    images: readonly StepImage[] = [],
    beside: readonly LogMessage[] = [],
  ): void {
    if (sequence < this.#log.next) return;
    if (images.length > 0) this.#images?.append(sequence, rowTimeNs(row), images);
    if (sequence > this.#log.next) this.#recent = [];
    this.#log.append(sequence, rowTimeNs(row), [{ channel: 1, body: row }, ...beside]);
    this.#recent.push({ sequence, row });
    if (this.#recent.length > 2 * RECENT_ROWS) this.#recent.splice(0, RECENT_ROWS);
  }

  /**
   * Images first, so that a row that is there has its images or never gets them. A disk that failed is well again when it took
   * something: what nobody needs any more, because the learner has it, does not tell.
   */
  flush(): Error | undefined {
    if (this.#failure !== undefined && this.#log.pendingBytes === 0) return this.#failure;
    let error = this.#flushAll();
    while (FULL.has((error as NodeJS.ErrnoException | undefined)?.code) && this.#giveUp()) error = this.#flushAll();
    this.#failure = error;
    return error;
  }

  async sync(): Promise<Error | undefined> {
    const error = await this.#images?.sync();
    return error ?? this.#log.sync();
  }

  async close(): Promise<Error | undefined> {
    const error = await this.#images?.close();
    return (await this.#log.close()) ?? error;
  }

  /** The images of a step; undefined when they were given up. */
  images(sequence: number): readonly StepImage[] | undefined {
    return this.#images?.take(sequence);
  }

  #flushAll(): Error | undefined {
    const error = this.#images?.flush();
    return this.#log.flush() ?? error;
  }

  #giveUp(): boolean {
    if (this.#images?.giveUp()) return true;
    const before = this.#log.first;
    this.#log.deleteBelow(this.#acked);
    return this.#log.first > before;
  }

  /** The learner holds everything below `sequence`. */
  forget(sequence: number): void {
    this.#acked = sequence;
    this.#log.deleteBelow(sequence, this.#keepBytes);
    this.#images?.forget(sequence);
  }

  /**
   * At most `limit` consecutive rows, the first of them at `from` or, where those steps are gone, the next there is. Only
   * such as are written, while the disk takes them: no number that went out is given to another step, whoever is killed.
   * Undefined when there is none.
   */
  take(from: number, most: number): Rows | undefined {
    const limit = this.#failure !== undefined ? most : Math.min(most, this.#log.written - from);
    if (limit <= 0) return undefined;
    const oldest = this.#recent[0]?.sequence;
    if (oldest !== undefined && from >= oldest) {
      const rows = this.#recent.slice(from - oldest, from - oldest + limit).map(({ row }) => row);
      return rows.length > 0 ? { first: from, rows } : undefined;
    }
    return this.#takeFromDisk(from, limit);
  }

  /** When the step with this number was taken, ns, as near as a number comes; undefined when it is not here. */
  timeNs(sequence: number): number | undefined {
    const found = this.take(sequence, 1);
    return found?.first === sequence ? Number(rowTimeNs(found.rows[0]!)) : undefined;
  }

  #takeFromDisk(from: number, limit: number): Rows | undefined {
    if (this.#peeked?.sequence !== from) {
      this.#reader = this.#log.read(from);
      this.#peeked = this.#step();
    }
    const first = this.#peeked?.sequence;
    if (first === undefined) return undefined;
    const rows: Uint8Array[] = [];
    while (this.#peeked !== undefined && this.#peeked.sequence === first + rows.length && rows.length < limit) {
      rows.push(this.#peeked.messages[0]!.body.slice());
      this.#peeked = this.#step();
    }
    return { first, rows };
  }

  #step(): LogEntry | undefined {
    const result = this.#reader?.next();
    return result === undefined || result.done === true ? undefined : result.value;
  }
}
