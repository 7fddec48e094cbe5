import type { Step, StepSchema } from "../../runtime/step.ts";
import { imageTensors, type StepImage } from "../../runtime/wire/images.ts";
import { type StepLayout, stepLayout } from "../../runtime/wire/step-codec.ts";
import { pixelsOf } from "../replay/pixels.ts";
import type { Ring } from "../replay/ring.ts";
import { rowSizes } from "../replay/row.ts";
import { ReplayStore } from "../replay/store.ts";

export interface MemoryOptions {
  readonly schema: StepSchema;
  /** Rows of all streams together. */
  readonly capacity: number;
  /** Whether what cameras saw is remembered too. */
  readonly images: boolean;
  readonly onRing: (ring: Ring) => void;
  readonly report: (line: string) => void;
}

type Pixels = Readonly<Record<string, Uint8Array>>;

/**
 * Brings steps into replay in the order they come. Images are remembered raw: those that came encoded are decoded beside this
 * thread, and what comes behind them waits. A hole in a stream's numbers breaks it as a boot does: nothing before it explains
 * the row behind it.
 */
export class Memory {
  readonly #options: MemoryOptions;
  readonly #layout: StepLayout;
  readonly #store: ReplayStore;
  readonly #observation: Float32Array;
  /** Sequence number of the row replay got last, by stream. */
  readonly #replayed = new Map<string, number>();
  #waiting = 0;
  #last: Promise<void> = Promise.resolve();

  constructor(options: MemoryOptions) {
    const { schema, capacity, images, onRing } = options;
    const sizes = rowSizes(schema, { images });
    this.#options = options;
    this.#layout = stepLayout(schema);
    this.#store = new ReplayStore(sizes, capacity, onRing);
    this.#observation = new Float32Array(sizes.observation);
  }

  /** A step with all its images. One with an image that is none is told, and is a hole. */
  take(stream: string, step: Step, images: readonly StepImage[]): void {
    const kept = this.#options.images ? images : [];
    if (this.#waiting === 0 && kept.every(({ encoding }) => encoding === "raw")) {
      this.#append(stream, step, Object.fromEntries(kept.map(({ name, data }) => [name, data])));
      return;
    }
    this.#waiting++;
    this.#last = this.#last
      .then(async () => this.#append(stream, step, await this.#decode(kept)))
      .catch((error: Error) =>
        this.#options.report(`replay: step ${step.sequence} of ${stream} is not learned from: ${error.message}`),
      )
      .finally(() => {
        this.#waiting--;
      });
  }

  /** Resolves when all that was taken before is in replay. */
  settled(): Promise<void> {
    return this.#last;
  }

  async #decode(images: readonly StepImage[]): Promise<Pixels> {
    const tensors = new Map(imageTensors(this.#options.schema).map((tensor) => [tensor.name, tensor]));
    const pixels = images.map(async (image) => [image.name, await pixelsOf(tensors.get(image.name)!, image)] as const);
    return Object.fromEntries(await Promise.all(pixels));
  }

  #append(stream: string, step: Step, images: Pixels): void {
    let at = 0;
    for (const part of this.#layout.float32) {
      this.#observation.set(step.observation[part.name]!, at);
      at += part.length;
    }
    this.#store.append(stream, {
      observation: this.#observation,
      action: step.action,
      reward: step.reward - this.#options.schema.rewardOffset,
      isFirst: step.isFirst || step.sequence !== (this.#replayed.get(stream) ?? -1) + 1,
      isTerminal: step.isTerminal,
      images,
    });
    this.#replayed.set(stream, step.sequence);
  }
}
