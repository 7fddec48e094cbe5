import type { StepMessage } from "../../ipc.ts";
import type { StepSchema } from "../../step.ts";
import { imageTensors, type StepImage } from "../../wire/images.ts";
import { type EncodingSettings, encodeImage, encodingOf } from "./encode.ts";

export interface StepEncoderOptions {
  readonly schema: StepSchema;
  readonly settings: EncodingSettings;
  /** Raw images that may wait for being encoded; what comes beyond goes on raw. */
  readonly waitingBytes: number;
  /** Steps in the order they came, with their images encoded. */
  readonly onStep: (step: StepMessage) => void;
  readonly report: (line: string) => void;
}

interface Waiting {
  step: StepMessage;
  done: boolean;
}

/** Encodes the images of steps beside this thread. A step waits for those before it; without images to encode none does. */
export class StepEncoder {
  readonly #options: StepEncoderOptions;
  readonly #encodings: ReadonlyMap<string, (image: StepImage) => Promise<StepImage>>;
  #waiting: Waiting[] = [];
  #bytes = 0;
  #leftRaw = 0;
  #failed = false;
  #drained = () => {};

  constructor(options: StepEncoderOptions) {
    const { schema, settings } = options;
    this.#options = options;
    this.#encodings = new Map(
      imageTensors(schema)
        .map((tensor) => ({ tensor, encoding: encodingOf(tensor, settings) }))
        .filter(({ encoding }) => encoding !== "raw")
        .map(({ tensor, encoding }) => [
          tensor.name,
          (image) => encodeImage(tensor, image, encoding, settings.imageQuality),
        ]),
    );
  }

  /** Steps whose images went on raw, although they should not have. */
  get leftRaw(): number {
    return this.#leftRaw;
  }

  take(step: StepMessage): void {
    const { onStep, waitingBytes } = this.#options;
    const raw = (step.images ?? []).filter(({ name, encoding }) => encoding === "raw" && this.#encodings.has(name));
    if (raw.length === 0 && this.#waiting.length === 0) {
      onStep(step);
      return;
    }
    const waiting = { step, done: raw.length === 0 };
    this.#waiting.push(waiting);
    const bytes = raw.reduce((sum, { data }) => sum + data.length, 0);
    if (raw.length > 0 && this.#bytes + bytes > waitingBytes) {
      this.#leftRaw++;
      waiting.done = true;
    } else if (raw.length > 0) void this.#encode(waiting, bytes);
  }

  /** Resolves when every step has gone on. */
  drained(): Promise<void> {
    return new Promise((resolve) => {
      this.#drained = resolve;
      this.#pass();
    });
  }

  async #encode(waiting: Waiting, bytes: number): Promise<void> {
    this.#bytes += bytes;
    try {
      const images = waiting.step.images!.map((image) => this.#encodings.get(image.name)?.(image) ?? image);
      waiting.step = { ...waiting.step, images: await Promise.all(images) };
    } catch (error) {
      this.#leftRaw++;
      if (!this.#failed) this.#options.report(`link: images travel raw: ${(error as Error).message}`);
      this.#failed = true;
    }
    this.#bytes -= bytes;
    waiting.done = true;
    this.#pass();
  }

  #pass(): void {
    while (this.#waiting[0]?.done === true) this.#options.onStep(this.#waiting.shift()!.step);
    if (this.#waiting.length === 0) this.#drained();
  }
}
