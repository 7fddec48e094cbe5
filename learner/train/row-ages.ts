import type { OffsetReport } from "../../runtime/wire/clock-offset.ts";
import { Recent, type Spread } from "./recent.ts";

/** How old a robot's newest rows were, s since they were acquired, one way: when they came, and when they were on disk. */
export interface AgeReport {
  readonly arrived: Spread;
  readonly durable: Spread | undefined;
}

/** Rows that the percentiles are of. */
const NEWEST = 1024;
/** Rows that may be on their way to the disk; of more, the oldest are left out. */
const WAITING = 16_384;

/** The ages of one robot's rows. Times are s on this machine's monotonic clock unless said otherwise. */
export class RowAges {
  readonly #arrived = new Recent(NEWEST);
  readonly #durable = new Recent(NEWEST);
  /** Not on the disk yet, in their order. */
  #waiting: (readonly [sequence: number, acquired: number])[] = [];

  /** A row came. `acquired` is on the robot's clock. One that seems to come from the future says that clocks are not what they seem: it has no age. */
  arrived(sequence: number, acquired: number, { offset, error }: OffsetReport, now: number): void {
    const here = acquired - offset;
    if (!(now - here >= -error)) return;
    this.#arrived.add(Math.max(0, now - here));
    this.#waiting.push([sequence, here]);
    if (this.#waiting.length > 2 * WAITING) this.#waiting = this.#waiting.slice(-WAITING);
  }

  /** Every row before `next` is on the disk. */
  durable(next: number, now: number): void {
    let count = 0;
    for (; count < this.#waiting.length && this.#waiting[count]![0] < next; count++) {
      this.#durable.add(Math.max(0, now - this.#waiting[count]![1]));
    }
    if (count > 0) this.#waiting = this.#waiting.slice(count);
  }

  /** Undefined before a row whose age is known. */
  report(): AgeReport | undefined {
    const arrived = this.#arrived.spread;
    return arrived && { arrived, durable: this.#durable.spread };
  }
}
