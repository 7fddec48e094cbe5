import type { LogEntry } from "../log/entry.ts";
import type { RecordLog } from "../log/record-log.ts";
import { rowTimeNs } from "../wire/step-codec.ts";

export interface Rows {
  readonly first: number;
  /** Of consecutive steps. */
  readonly rows: readonly Uint8Array[];
}

/** Rows that are on their way again and again are few: the newest are at hand without reading the disk. */
const RECENT_ROWS = 1024;

/** The robot's recording: steps on disk and, the newest, in memory. What the learner has not acked is never deleted. */
export class Spool {
  readonly #log: RecordLog;
  readonly #keepBytes: number;
  /** The disk does not take what it is given. */
  #failing = false;
  /** Consecutive; the last is the newest step of all. */
  #recent: { readonly sequence: number; readonly row: Uint8Array }[] = [];
  #reader: Generator<LogEntry> | undefined;
  #peeked: LogEntry | undefined;

  /** `keepBytes`: of steps that were acked. */
  constructor(log: RecordLog, keepBytes: number) {
    this.#log = log;
    this.#keepBytes = keepBytes;
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
  append(sequence: number, row: Uint8Array): void {
    if (sequence < this.#log.next) return;
    if (sequence > this.#log.next) this.#recent = [];
    this.#log.append(sequence, rowTimeNs(row), [{ channel: 1, body: row }]);
    this.#recent.push({ sequence, row });
    if (this.#recent.length > 2 * RECENT_ROWS) this.#recent.splice(0, RECENT_ROWS);
  }

  flush(): Error | undefined {
    const error = this.#log.flush();
    this.#failing = error !== undefined;
    return error;
  }

  sync(): Promise<Error | undefined> {
    return this.#log.sync();
  }

  close(): Promise<Error | undefined> {
    return this.#log.close();
  }

  /** The learner holds everything below `sequence`. */
  forget(sequence: number): void {
    this.#log.deleteBelow(sequence, this.#keepBytes);
  }

  /**
   * At most `limit` consecutive rows, the first of them at `from` or, where those steps are gone, the next there is. Only
   * such as are written, while the disk takes them: no number that went out is given to another step, whoever is killed.
   * Undefined when there is none.
   */
  take(from: number, most: number): Rows | undefined {
    const limit = this.#failing ? most : Math.min(most, this.#log.written - from);
    if (limit <= 0) return undefined;
    const oldest = this.#recent[0]?.sequence;
    if (oldest !== undefined && from >= oldest) {
      const rows = this.#recent.slice(from - oldest, from - oldest + limit).map(({ row }) => row);
      return rows.length > 0 ? { first: from, rows } : undefined;
    }
    return this.#takeFromDisk(from, limit);
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
