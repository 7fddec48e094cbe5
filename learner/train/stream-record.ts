import type { Step } from "../../runtime/step.ts";
import type { OffsetReport } from "../../runtime/wire/clock-offset.ts";
import { Recent } from "./recent.ts";
import { type AgeReport, RowAges } from "./row-ages.ts";

/** One robot as its learner sees it, since this process started. */
export interface StreamReport {
  readonly connected: boolean;
  readonly rows: number;
  /** Of the time since the report before, or since it joined. */
  readonly rowsPerSecond: number;
  /** Reward per step as the task gives it, and the share of steps that a person had a part in, over the newest 1000. */
  readonly reward: number | undefined;
  readonly intervened: number | undefined;
  /** That its newest step was taken with. */
  readonly policyVersion: number;
  /** Times rows were missing: asked for again, or gone for good; and the rows that are gone. */
  readonly gaps: number;
  readonly lost: number;
  /** Rows that came although they were here. */
  readonly resent: number;
  /** s since acquisition; absent where clocks are not known: in lockstep, before the first round trip. */
  readonly age?: AgeReport;
  /** How the robot's monotonic clock stands to the learner's. */
  readonly clock?: OffsetReport;
}

/** Rows that means are of. */
const NEWEST = 1000;
/** A rate of a shorter time says nothing. */
const RATE_SECONDS = 0.5;

/** What is known of one robot's stream. Times are s on the learner's monotonic clock unless said otherwise. */
export class StreamRecord {
  readonly #ages = new RowAges();
  readonly #reward = new Recent(NEWEST);
  readonly #intervened = new Recent(NEWEST);
  #clock: OffsetReport | undefined;
  #datedFrom = Number.POSITIVE_INFINITY;
  #now = 0;
  #rows = 0;
  #policyVersion = 0;
  #gaps = 0;
  #lost = 0;
  #resent = 0;
  #rate = { rows: 0, at: 0, perSecond: 0 };

  /** It said hello. `datedFrom`: first step whose time is on its clock as it runs now; none where it does not say. */
  joined(datedFrom: unknown, now: number): void {
    this.#datedFrom = Number.isSafeInteger(datedFrom) ? (datedFrom as number) : Number.POSITIVE_INFINITY;
    this.#rate = { rows: this.#rows, at: now, perSecond: 0 };
  }

  /** Rows are about to be taken. */
  arriving(clock: OffsetReport | undefined, now: number): void {
    this.#clock = clock;
    this.#now = now;
  }

  /** One of these rows, which is new. */
  took(step: Pick<Step, "sequence" | "timeNs" | "reward" | "intervened" | "policyVersion">): void {
    this.#rows++;
    this.#reward.add(step.reward);
    this.#intervened.add(step.intervened ? 1 : 0);
    this.#policyVersion = step.policyVersion;
    if (this.#clock === undefined || step.sequence < this.#datedFrom) return;
    this.#ages.arrived(step.sequence, Number(step.timeNs) / 1e9, this.#clock, this.#now);
  }

  /** So many of these rows were here already. */
  resent(rows: number): void {
    this.#resent += rows;
  }

  /** Rows are missing; `lost` of them for good. */
  gap(lost = 0): void {
    this.#gaps++;
    this.#lost += lost;
  }

  /** Every row before `next` is on the disk. */
  durable(next: number, now: number): void {
    this.#ages.durable(next, now);
  }

  report(connected: boolean, now: number): StreamReport {
    const since = now - this.#rate.at;
    if (since >= RATE_SECONDS) {
      this.#rate = { rows: this.#rows, at: now, perSecond: (this.#rows - this.#rate.rows) / since };
    }
    const age = this.#ages.report();
    return {
      connected,
      rows: this.#rows,
      rowsPerSecond: this.#rate.perSecond,
      reward: this.#reward.mean,
      intervened: this.#intervened.mean,
      policyVersion: this.#policyVersion,
      gaps: this.#gaps,
      lost: this.#lost,
      resent: this.#resent,
      ...(age && { age }),
      ...(this.#clock && { clock: this.#clock }),
    };
  }
}
