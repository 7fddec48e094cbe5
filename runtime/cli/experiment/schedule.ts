import { type PlannedRun, runName } from "./planned-run.ts";

/** A `teach` that is under way. */
export interface Teaching {
  /** Resolves when it has ended, with why when it failed; never rejects. */
  readonly ended: Promise<string | undefined>;
  /** Asks it to end in order; a second time, to end at once. */
  stop(): void;
}

/** How a run stands after the schedule has ended. */
export type Outcome =
  | { readonly is: "complete" }
  | { readonly is: "failed"; readonly failure: string }
  /** Stopped, or never started; the next call goes on with it. */
  | { readonly is: "left" };

export interface ScheduleOptions {
  readonly runs: readonly PlannedRun[];
  /** Most runs at once. */
  readonly jobs: number;
  /** Steps a run has on disk. */
  readonly stepsDone: (run: PlannedRun) => number;
  /** Starts a run that has `left` steps to go. */
  readonly start: (run: PlannedRun, left: number) => Teaching;
  /** A run has ended or was complete at the start. */
  readonly onOutcome: (run: PlannedRun, outcome: Outcome) => void;
}

/** Takes runs in order, so many at once; one that fails does not keep the others. */
export class Schedule {
  readonly #options: ScheduleOptions;
  readonly #teaching = new Set<Teaching>();
  readonly #outcomes = new Map<PlannedRun, Outcome>();
  #stopped = false;

  constructor(options: ScheduleOptions) {
    this.#options = options;
  }

  /** Resolves when nothing is under way any more and nothing is to be started. */
  async run(): Promise<ReadonlyMap<PlannedRun, Outcome>> {
    const { runs, jobs, stepsDone } = this.#options;
    const waiting = runs.filter((run) => {
      const isComplete = stepsDone(run) >= run.steps;
      if (isComplete) this.#settle(run, { is: "complete" });
      return !isComplete;
    });
    const worker = async () => {
      for (let run = waiting.shift(); run !== undefined; run = waiting.shift()) {
        this.#settle(run, this.#stopped ? { is: "left" } : await this.#teach(run));
      }
    };
    await Promise.all(Array.from({ length: jobs }, worker));
    return this.#outcomes;
  }

  /** Starts nothing more and asks all that is under way to end in order; a second time, to end at once. */
  stop(): void {
    this.#stopped = true;
    for (const teaching of this.#teaching) teaching.stop();
  }

  async #teach(run: PlannedRun): Promise<Outcome> {
    const { stepsDone, start } = this.#options;
    let teaching: Teaching;
    try {
      teaching = start(run, run.steps - stepsDone(run));
    } catch (error) {
      return { is: "failed", failure: (error as Error).message };
    }
    this.#teaching.add(teaching);
    const failure = await teaching.ended;
    this.#teaching.delete(teaching);
    const steps = stepsDone(run);
    if (steps >= run.steps) return { is: "complete" };
    if (failure === undefined && this.#stopped) return { is: "left" };
    return {
      is: "failed",
      failure: failure ?? `${runName(run)}: expected ${run.steps} steps, found it ended at ${steps}`,
    };
  }

  #settle(run: PlannedRun, outcome: Outcome): void {
    this.#outcomes.set(run, outcome);
    this.#options.onOutcome(run, outcome);
  }
}
