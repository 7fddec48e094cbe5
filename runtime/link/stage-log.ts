import type { StageRun } from "../wire/stage-runs.ts";

/** Runs remembered; the oldest go first. */
const MOST_RUNS = 65_536;

/** The stage of every step that is not acked, in memory only: steps of an earlier process have none. */
export class StageLog {
  /** Each holds from `first` to the next one's. */
  #runs: { readonly first: number; readonly stage: string }[] = [];
  #next = 0;

  /** Steps come in order; one that is here already is passed over. */
  add(sequence: number, stage: string): void {
    if (sequence < this.#next) return;
    if (sequence > this.#next) this.#begin(this.#next, "");
    this.#begin(sequence, stage);
    this.#next = sequence + 1;
    if (this.#runs.length > MOST_RUNS) this.#runs = this.#runs.slice(MOST_RUNS / 2);
  }

  /** The runs of `count` steps from `first` on, without gaps. */
  take(first: number, count: number): StageRun[] {
    const runs: [string, number][] = [];
    const add = (stage: string, steps: number): void => {
      const last = runs.at(-1);
      if (steps <= 0) return;
      if (last?.[0] === stage) last[1] += steps;
      else runs.push([stage, steps]);
    };
    const end = first + count;
    let at = first;
    for (let i = this.#indexAt(first); i < this.#runs.length && at < end; i++) {
      const run = this.#runs[i]!;
      add("", Math.min(run.first, end) - at);
      at = Math.max(at, Math.min(run.first, end));
      const until = Math.min(this.#runs[i + 1]?.first ?? this.#next, end);
      add(run.stage, until - at);
      at = Math.max(at, until);
    }
    add("", end - at);
    return runs;
  }

  /** The learner holds every step below `sequence`. */
  forget(sequence: number): void {
    const index = this.#indexAt(sequence);
    if (index > 0) this.#runs = this.#runs.slice(index);
  }

  #begin(first: number, stage: string): void {
    if (this.#runs.at(-1)?.stage !== stage) this.#runs.push({ first, stage });
  }

  /** The last run that begins at or before `sequence`, 0 when there is none. */
  #indexAt(sequence: number): number {
    let [low, high] = [0, this.#runs.length];
    while (low < high) {
      const middle = (low + high) >>> 1;
      if (this.#runs[middle]!.first <= sequence) low = middle + 1;
      else high = middle;
    }
    return Math.max(0, low - 1);
  }
}
