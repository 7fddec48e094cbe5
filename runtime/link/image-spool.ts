import type { LogEntry } from "../log/entry.ts";
import type { ImageCodec } from "../log/image-codec.ts";
import type { RecordLog } from "../log/record-log.ts";
import type { StepImage } from "../wire/images.ts";

/** The images of the robot's recording, in files of their own: a full disk gives them up, the oldest first. */
export class ImageSpool {
  readonly #log: RecordLog;
  readonly #codec: ImageCodec;
  readonly #keepBytes: number;
  readonly #memoryBytes: number;
  #acked = 0;
  #freed = 0;
  #lost = 0;
  #reader: Generator<LogEntry> | undefined;
  #peeked: LogEntry | undefined;
  /** The reader has been asked for everything below. */
  #at = 0;
  /** End of the log when the reader began. */
  #end = 0;

  /** `keepBytes`: of steps that were acked. `memoryBytes`: what may wait while the disk takes nothing. */
  constructor(log: RecordLog, codec: ImageCodec, keepBytes: number, memoryBytes: number) {
    this.#log = log;
    this.#codec = codec;
    this.#keepBytes = keepBytes;
    this.#memoryBytes = memoryBytes;
  }

  /** Steps whose images were given up although the learner has them, and those whose images it never gets. */
  get givenUp(): { readonly acked: number; readonly unacked: number } {
    return { acked: this.#freed, unacked: this.#lost };
  }

  append(sequence: number, timeNs: bigint, images: readonly StepImage[]): void {
    if (sequence >= this.#log.next) this.#log.append(sequence, timeNs, this.#codec.encode(timeNs, images));
  }

  flush(): Error | undefined {
    const error = this.#log.flush();
    if (error !== undefined && this.#log.pendingBytes > this.#memoryBytes) this.#count(this.#log.dropPending());
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
    this.#acked = sequence;
    this.#log.deleteBelow(sequence, this.#keepBytes);
  }

  /** Makes room: the oldest file goes, or what waits for room itself. False when there is nothing. */
  giveUp(): boolean {
    this.#reader = undefined;
    const kept = this.#log.deleteOldest() ?? [];
    const gone = kept.length > 0 ? kept : this.#log.dropPending();
    this.#count(gone);
    return gone.length > 0;
  }

  /** The images of a step; undefined when they were given up. Cheap for steps that follow each other. */
  take(sequence: number): readonly StepImage[] | undefined {
    if (sequence >= this.#log.next) return undefined;
    if (this.#reader === undefined || sequence < this.#at) this.#readFrom(sequence);
    if (this.#peeked === undefined && this.#end !== this.#log.next) this.#readFrom(sequence);
    while (this.#peeked !== undefined && this.#peeked.sequence < sequence) this.#peeked = this.#step();
    this.#at = sequence;
    return this.#peeked?.sequence === sequence
      ? this.#codec.decode(this.#peeked.timeNs, this.#peeked.messages)
      : undefined;
  }

  #readFrom(sequence: number): void {
    this.#end = this.#log.next;
    this.#reader = this.#log.read(sequence);
    this.#peeked = this.#step();
  }

  #step(): LogEntry | undefined {
    const result = this.#reader?.next();
    return result === undefined || result.done === true ? undefined : result.value;
  }

  #count(gone: readonly number[]): void {
    const acked = gone.filter((sequence) => sequence < this.#acked).length;
    this.#freed += acked;
    this.#lost += gone.length - acked;
  }
}
