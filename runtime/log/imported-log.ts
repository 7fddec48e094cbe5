import * as fs from "node:fs";
import { dirname, join } from "node:path";
import type { Step, StepSchema } from "../step.ts";
import { imagesOf } from "../wire/images.ts";
import { encodeSteps, stepLayout } from "../wire/step-codec.ts";
import { ImageCodec } from "./image-codec.ts";
import type { Heading } from "./mcap-file.ts";
import { RecordLog } from "./record-log.ts";
import { stepTopic } from "./step-topic.ts";
import { syncDirectory } from "./sync-directory.ts";

const FLUSH_STEPS = 256;

/**
 * A log of steps that are written once and by nobody's robot. It lies under a name of its own until `finish`, which gives it
 * its place: it is there as a whole or not at all.
 */
export class ImportedLog {
  readonly #draft: string;
  readonly #schema: StepSchema;
  readonly #codec: ImageCodec;
  readonly #log: RecordLog;
  readonly #images: RecordLog | undefined;
  #steps = 0;

  /** `draft`: a directory that is this log's alone; what is in it is of an import that did not end, and goes. */
  constructor(draft: string, schema: StepSchema, heading: Heading, report: (line: string) => void) {
    fs.rmSync(draft, { recursive: true, force: true });
    this.#draft = draft;
    this.#schema = schema;
    this.#codec = new ImageCodec(schema);
    const options = { heading: () => heading, report };
    const { topics } = this.#codec;
    this.#log = new RecordLog(draft, { ...options, topics: [stepTopic(schema)] });
    this.#images = topics.length > 0 ? new RecordLog(join(draft, "images"), { ...options, topics }) : undefined;
  }

  get steps(): number {
    return this.#steps;
  }

  /** Throws on a number that is not finite and on a full disk. */
  add(step: Step): void {
    const { sequence, timeNs } = step;
    const body = encodeSteps(stepLayout(this.#schema), [step]);
    this.#images?.append(sequence, timeNs, this.#codec.encode(timeNs, imagesOf(this.#schema, step)));
    this.#log.append(sequence, timeNs, [{ channel: 1, body }]);
    if (++this.#steps % FLUSH_STEPS === 0) failOn(this.#images?.flush() ?? this.#log.flush());
  }

  /** On the disk, at `path`, when this resolves. Throws on a full disk. */
  async finish(path: string): Promise<void> {
    failOn(await this.#images?.close());
    failOn(await this.#log.close());
    fs.mkdirSync(dirname(path), { recursive: true });
    fs.renameSync(this.#draft, path);
    syncDirectory(dirname(path));
  }

  /** Leaves nothing behind. */
  async drop(): Promise<void> {
    await this.#images?.close();
    await this.#log.close();
    fs.rmSync(this.#draft, { recursive: true, force: true });
  }
}

function failOn(error: Error | undefined): void {
  if (error !== undefined) throw error;
}
