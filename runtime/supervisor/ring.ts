import type { StepMessage } from "../ipc.ts";

/** Steps the link does not have on disk yet. Full, it gives up the oldest; of images too many, the oldest of those alone. */
export class StepRing {
  readonly #capacity: number;
  readonly #imageCapacity: number;
  #steps: StepMessage[] = [];
  #dropped = 0;
  #imageBytes = 0;
  #imagesDropped = 0;

  /** `imageCapacity` in bytes. */
  constructor(capacity: number, imageCapacity: number) {
    this.#capacity = capacity;
    this.#imageCapacity = imageCapacity;
  }

  /** Steps whose images were given up. */
  get imagesDropped(): number {
    return this.#imagesDropped;
  }

  /** Steps given up. */
  get dropped(): number {
    return this.#dropped;
  }

  get length(): number {
    return this.#steps.length;
  }

  push(step: StepMessage): void {
    this.#steps.push(step);
    this.#imageBytes += imageBytes(step);
    if (this.#steps.length > this.#capacity) {
      this.#imageBytes -= imageBytes(this.#steps.shift()!);
      this.#dropped++;
    }
    for (let i = 0; i < this.#steps.length && this.#imageBytes > this.#imageCapacity; i++) {
      const { images, ...rest } = this.#steps[i]!;
      if (images === undefined) continue;
      this.#imageBytes -= imageBytes(this.#steps[i]!);
      this.#steps[i] = rest;
      this.#imagesDropped++;
    }
  }

  /** Lets go of the steps below `sequence`. */
  trim(sequence: number): void {
    let count = 0;
    while (count < this.#steps.length && this.#steps[count]!.sequence < sequence) count++;
    if (count > 0) for (const step of this.#steps.splice(0, count)) this.#imageBytes -= imageBytes(step);
  }

  /** The step with this number or, where that is gone, the next there is. Steps are numbered without gaps. */
  from(sequence: number): StepMessage | undefined {
    const first = this.#steps[0]?.sequence ?? 0;
    return this.#steps[Math.max(0, sequence - first)];
  }
}

function imageBytes({ images = [] }: StepMessage): number {
  return images.reduce((sum, { data }) => sum + data.length, 0);
}
