import { mkdirSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { ImageCodec } from "../../runtime/log/image-codec.ts";
import { RecordLog, type RecordLogOptions } from "../../runtime/log/record-log.ts";
import { stepTopic } from "../../runtime/log/step-topic.ts";
import type { Step } from "../../runtime/step.ts";
import { imageTensors, type SaidImages, type StepImage, stepImages } from "../../runtime/wire/images.ts";
import type { LastStep } from "../../runtime/wire/messages.ts";
import { decodeSteps, type StepLayout, stepLayout } from "../../runtime/wire/step-codec.ts";
import type { Taken } from "./link-host.ts";
import { Memory, type MemoryOptions } from "./memory.ts";

export interface ExperienceOptions extends MemoryOptions {
  /** Holds one log a stream, in a directory of the stream's name. */
  readonly directory: string;
  /** Every step of a stream that is new, in order. */
  readonly onStep: (step: Step, stream: string) => void;
  /** Everything before `next` is on the disk. */
  readonly onDurable: (stream: string, next: number) => void;
  /** See RecordLogOptions. */
  readonly write?: RecordLogOptions["write"];
}

interface Stream {
  readonly log: RecordLog;
  /** None where the robot sees nothing. Has an entry for every row; one of a step whose images never came says so. */
  readonly images: RecordLog | undefined;
  /** First sequence number not taken yet. */
  next: number;
  /** First sequence number that is not on the disk for sure. */
  durable: number;
}

const SYNC_MS = 200;
const SYNC_ROWS = 256;
const RETRY_MS = 1000;
/** Rows of one message: what one robot sends takes no longer than this before it is another's turn. */
export const MOST_ROWS = 4096;
/** While it restores, other work gets a turn after so many rows. */
const RESTORE_CHUNK = 5000;

const NO_IMAGES: SaidImages = { images: [], imagesGone: [], frames: [] };

/**
 * All steps a run has received: durable in logs, the newest in replay. Each step is taken once. A step that should have
 * images and has none is kept and counted, but not learned from: it is a hole in what replay has.
 */
export class Experience {
  readonly #options: ExperienceOptions;
  readonly #layout: StepLayout;
  readonly #codec: ImageCodec | undefined;
  readonly #memory: Memory;
  readonly #streams = new Map<string, Stream>();
  #unsynced = 0;
  #timer: NodeJS.Timeout | undefined;
  #syncing: Promise<Error | undefined> = Promise.resolve(undefined);
  #diskError: Error | undefined;
  #closed = false;

  constructor(options: ExperienceOptions) {
    this.#options = options;
    this.#layout = stepLayout(options.schema);
    this.#codec = imageTensors(options.schema).length > 0 ? new ImageCodec(options.schema) : undefined;
    this.#memory = new Memory(options);
    mkdirSync(options.directory, { recursive: true });
  }

  /** Why the last sync failed; undefined while the disk takes what it is given. */
  get diskError(): Error | undefined {
    return this.#diskError;
  }

  /** First sequence number not taken yet, by stream. */
  streams(): Record<string, number> {
    return Object.fromEntries([...this.#streams].map(([name, { next }]) => [name, next]));
  }

  next(stream: string): number {
    return this.#stream(stream).next;
  }

  /** First sequence number that has to be sent (again). */
  durable(stream: string): number {
    return this.#stream(stream).durable;
  }

  /** The newest step of `stream` below `before`; undefined where there is none, or not any more. */
  last(stream: string, before: number): LastStep | undefined {
    const { log, next } = this.#stream(stream);
    const sequence = Math.min(next, before) - 1;
    if (sequence < 0) return undefined;
    const entry = log.read(sequence).next();
    const found = entry.done === true ? undefined : entry.value;
    return found?.sequence === sequence ? [sequence, Number(found.timeNs)] : undefined;
  }

  /**
   * Fills replay from the logs. Returns how many rows lie at or after `counted`, by stream: those that whoever counted did
   * not know. Damage is skipped and reported.
   */
  async restore(counted: Readonly<Record<string, number>>): Promise<number> {
    let uncounted = 0;
    const entries = readdirSync(this.#options.directory, { withFileTypes: true });
    const names = entries.filter((entry) => entry.isDirectory()).map(({ name }) => name);
    for (const name of names.sort()) {
      const stream = this.#stream(name);
      const oldest = Math.min(counted[name] ?? 0, stream.next - this.#options.capacity);
      let rows = 0;
      const seen = this.#seen(stream, Math.max(0, oldest));
      for (const { sequence, messages } of stream.log.read(Math.max(0, oldest))) {
        if (sequence >= stream.next) break; // its images were not kept any more: it comes again
        try {
          const [step] = decodeSteps(this.#layout, messages[0]!.body);
          this.#remember(name, step!, seen(sequence));
        } catch (error) {
          this.#options.report(`log of ${name}: step ${sequence} was skipped: ${(error as Error).message}`);
          continue;
        }
        if (sequence >= (counted[name] ?? 0)) uncounted++;
        if (++rows % RESTORE_CHUNK !== 0) continue;
        await this.#memory.settled();
        await new Promise((resolve) => setImmediate(resolve));
      }
      await this.#memory.settled();
    }
    return uncounted;
  }

  /** How many rows so many bytes are. */
  rowsIn(payload: Uint8Array): number {
    return payload.length / this.#layout.rowBytes;
  }

  /** Takes rows that begin at sequence `first`, those that are new. They are durable when `onDurable` says so. */
  take(name: string, first: number, payload: Uint8Array, said: SaidImages = NO_IMAGES): Taken {
    const stream = this.#stream(name);
    if (first > stream.next) return "gap";
    let steps: Step[];
    let images: ReturnType<typeof stepImages>;
    if (this.rowsIn(payload) > MOST_ROWS) {
      return { refuse: `rows from ${first}: expected at most ${MOST_ROWS} together, found ${this.rowsIn(payload)}` };
    }
    try {
      steps = decodeSteps(this.#layout, payload);
      const stray = steps.findIndex(({ sequence }, i) => sequence !== first + i);
      if (stray >= 0) throw new Error(`expected step ${first + stray}, found ${steps[stray]!.sequence}`);
      images = stepImages(this.#options.schema, first, steps.length, said);
    } catch (error) {
      return { refuse: `rows from ${first}: ${(error as Error).message}` };
    }
    const { rowBytes } = this.#layout;
    for (const step of steps.slice(stream.next - first)) {
      const row = step.sequence - first;
      const body = payload.subarray(row * rowBytes, (row + 1) * rowBytes);
      this.#keep(stream, step, body, images[row]);
      stream.next = step.sequence + 1;
      this.#remember(name, step, images[row]);
      this.#unsynced++;
    }
    if (this.#unsynced >= SYNC_ROWS && this.#diskError === undefined) void this.sync();
    else this.#syncIn(SYNC_MS);
    return "taken";
  }

  /** Gives up the rows before `first`. */
  skipTo(name: string, first: number): void {
    const stream = this.#stream(name);
    this.#options.report(
      `steps ${stream.next} to ${first - 1} of ${name} do not come: the robot has them no longer, or never gave these numbers`,
    );
    stream.next = first;
  }

  /** Makes everything taken so far durable, or returns why not; then it is tried again every second. */
  sync(): Promise<Error | undefined> {
    this.#syncing = this.#syncing.then(() => this.#syncAll());
    return this.#syncing;
  }

  /** Syncs for the last time. What a full disk did not take is still on the robot. */
  async close(): Promise<void> {
    this.#closed = true;
    clearTimeout(this.#timer);
    await this.#syncing;
    for (const { log, images } of this.#streams.values()) {
      const error = (await images?.close()) ?? (await log.close());
      if (error !== undefined) this.#options.report(`log: ${error.message}`);
    }
  }

  /** What memory has yet to take in is not acked either: so nobody sends more than it can. */
  async #syncAll(): Promise<Error | undefined> {
    await this.#memory.settled();
    clearTimeout(this.#timer);
    this.#timer = undefined;
    this.#unsynced = 0;
    this.#diskError = undefined;
    for (const [name, stream] of this.#streams) {
      const { next } = stream;
      if (stream.durable === next) continue;
      const error = (await stream.images?.sync()) ?? (await stream.log.sync());
      if (error === undefined) {
        stream.durable = next;
        this.#options.onDurable(name, next);
      } else {
        this.#diskError = error;
        this.#syncIn(RETRY_MS);
      }
    }
    return this.#diskError;
  }

  #syncIn(delayMs: number): void {
    if (this.#closed) return;
    this.#timer ??= setTimeout(() => void this.sync(), delayMs);
  }

  #stream(name: string): Stream {
    const known = this.#streams.get(name);
    if (known !== undefined) return known;
    const { directory, schema, report, write } = this.#options;
    const options = { report, ...(write === undefined ? {} : { write }) };
    const log = new RecordLog(join(directory, name), { ...options, topics: [stepTopic(schema)] });
    const topics = this.#codec?.topics;
    const images = topics && new RecordLog(join(directory, name, "images"), { ...options, topics });
    const next = Math.min(log.next, images?.next ?? log.next); // a power loss may have kept a row without its images
    const stream = { log, images, next, durable: next };
    this.#streams.set(name, stream);
    return stream;
  }

  /** What a log has already of a step that comes again is left as it is. */
  #keep(
    { log, images }: Stream,
    { sequence, timeNs }: Step,
    row: Uint8Array,
    seen: readonly StepImage[] | undefined,
  ): void {
    if (images !== undefined && sequence >= images.next) {
      const messages = seen === undefined ? this.#codec!.encodeGone(timeNs) : this.#codec!.encode(timeNs, seen);
      images.append(sequence, timeNs, messages);
    }
    if (sequence >= log.next) log.append(sequence, timeNs, [{ channel: 1, body: row }]);
  }

  /** The images of one step after the other, from `from` on; undefined for one that has not all it should have. */
  #seen({ images }: Stream, from: number): (sequence: number) => readonly StepImage[] | undefined {
    if (images === undefined) return () => [];
    const entries = images.read(from);
    let entry = entries.next();
    return (sequence) => {
      while (entry.done !== true && entry.value.sequence < sequence) entry = entries.next();
      if (entry.done === true || entry.value.sequence !== sequence) return undefined;
      return this.#codec!.decode(entry.value.timeNs, entry.value.messages);
    };
  }

  #remember(name: string, step: Step, images: readonly StepImage[] | undefined): void {
    if (images !== undefined) this.#memory.take(name, step, images);
    this.#options.onStep(step, name);
  }
}
