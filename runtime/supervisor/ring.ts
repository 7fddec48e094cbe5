import type { StepMessage } from "../ipc.ts";

/** Steps the link does not have on disk yet. Full, it gives up the oldest. */
export class StepRing {
  readonly #capacity: number;
  #steps: StepMessage[] = [];
  #dropped = 0;

  constructor(capacity: number) {
    this.#capacity = capacity;
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
    if (this.#steps.length > this.#capacity) {
      this.#steps.shift();
      this.#dropped++;
    }
  }

  /** Lets go of the steps below `sequence`. */
  trim(sequence: number): void {
    let count = 0;
    while (count < this.#steps.length && this.#steps[count]!.sequence < sequence) count++;
    if (count > 0) this.#steps.splice(0, count);
  }

  /** The step with this number or, where that is gone, the next there is. Steps are numbered without gaps. */
  from(sequence: number): StepMessage | undefined {
    const first = this.#steps[0]?.sequence ?? 0;
    return this.#steps[Math.max(0, sequence - first)];
  }
}
