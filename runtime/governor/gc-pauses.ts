import { PerformanceObserver } from "node:perf_hooks";

/** What collecting garbage cost a process since it began to look. */
export interface GcReport {
  readonly count: number;
  /** Longest pause, and all together. */
  readonly longestMs: number;
  readonly totalMs: number;
}

export const NO_GC: GcReport = { count: 0, longestMs: 0, totalMs: 0 };

export function addPause({ count, longestMs, totalMs }: GcReport, ms: number): GcReport {
  return { count: count + 1, longestMs: Math.max(longestMs, ms), totalMs: totalMs + ms };
}

/** Sums up the pauses of this process from its start on, as V8 reports them; a pause counts a moment after it. */
export class GcPauses {
  #report = NO_GC;
  readonly #observer = new PerformanceObserver((list) => {
    for (const { duration } of list.getEntries()) this.#report = addPause(this.#report, duration);
  });

  start(): void {
    this.#observer.observe({ entryTypes: ["gc"] });
  }

  get report(): GcReport {
    return this.#report;
  }

  stop(): void {
    this.#observer.disconnect();
  }
}
