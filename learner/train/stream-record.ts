import type { Step } from "../../runtime/step.ts";
import type { OffsetReport } from "../../runtime/wire/clock-offset.ts";
import { type AgeReport, RowAges } from "./row-ages.ts";

/** One robot as its learner sees it, since this process started. */
export interface StreamReport {
  /** s since acquisition; absent where clocks are not known: in lockstep, before the first round trip. */
  readonly age?: AgeReport;
  /** How the robot's monotonic clock stands to the learner's. */
  readonly clock?: OffsetReport;
}

/** What is known of one robot's stream. */
export class StreamRecord {
  readonly #ages = new RowAges();
  #clock: OffsetReport | undefined;
  #datedFrom = Number.POSITIVE_INFINITY;
  #now = 0;

  /** It said hello. `datedFrom`: first step whose time is on its clock as it runs now; none where it does not say. */
  joined(datedFrom: unknown): void {
    this.#datedFrom = Number.isSafeInteger(datedFrom) ? (datedFrom as number) : Number.POSITIVE_INFINITY;
  }

  /** Rows are about to be taken, at `now` on the learner's monotonic clock, s. */
  arriving(clock: OffsetReport | undefined, now: number): void {
    this.#clock = clock;
    this.#now = now;
  }

  /** One of these rows. */
  took({ sequence, timeNs }: Pick<Step, "sequence" | "timeNs">): void {
    if (this.#clock === undefined || sequence < this.#datedFrom) return;
    this.#ages.arrived(sequence, Number(timeNs) / 1e9, this.#clock, this.#now);
  }

  /** Every row before `next` is on the disk. */
  durable(next: number, now: number): void {
    this.#ages.durable(next, now);
  }

  report(): StreamReport {
    const age = this.#ages.report();
    return { ...(age && { age }), ...(this.#clock && { clock: this.#clock }) };
  }
}
