import type { MotorEvent } from "../failures/motor-events.ts";

/** How the loop kept its rhythm while its own processes were left alone. */
export interface Rhythm {
  /** s */
  readonly watchedSeconds: number;
  readonly dueTicks: number;
  readonly missedTicks: number;
  /** Longest time from one command to the next, ms. */
  readonly worstGapMs: number;
  /** Times the motors were told an end state. */
  readonly holds: number;
}

/** Commands so long without a gap or an end state are a robot that moves again, ns. */
const STEADY_NS = 500_000_000n;

/**
 * `disturbed`: when a process was ended that commands pass through. From then on until the robot moves steadily again, nothing
 * counts. A tick is missed for every whole period that a gap is longer than one and a half.
 */
export function rhythmOf(events: readonly MotorEvent[], disturbed: readonly bigint[], periodMs: number): Rhythm {
  let [watchedNs, missedTicks, worstGapMs, holds] = [0n, 0, 0, 0];
  const longNs = BigInt(Math.round(4 * periodMs * 1e6));
  const ends = [...disturbed].sort((a, b) => Number(a - b));
  for (const [i, fromNs] of [0n, ...ends].entries()) {
    const toNs = ends[i] ?? events.at(-1)?.timeNs ?? 0n;
    const during = events.filter(({ timeNs }) => timeNs > fromNs && timeNs < toNs);
    const calm = during.slice(steadyFrom(during, longNs));
    for (const [j, { timeNs, what }] of calm.entries()) {
      if (what !== "command") holds++;
      const before = calm[j - 1]?.timeNs;
      if (before === undefined) continue;
      const gapMs = Number(timeNs - before) / 1e6;
      watchedNs += timeNs - before;
      missedTicks += Math.max(0, Math.round(gapMs / periodMs) - 1);
      worstGapMs = Math.max(worstGapMs, gapMs);
    }
  }
  const watchedSeconds = Number(watchedNs) / 1e9;
  return { watchedSeconds, dueTicks: Math.round((1000 * watchedSeconds) / periodMs), missedTicks, worstGapMs, holds };
}

/** First of the events from which the robot moved steadily; beyond all of them when it never did. */
function steadyFrom(events: readonly MotorEvent[], longNs: bigint): number {
  let from = 0;
  for (const [i, { timeNs, what }] of events.entries()) {
    const before = events[i - 1];
    if (what !== "command") from = i + 1;
    else if (before !== undefined && timeNs - before.timeNs > longNs) from = i;
    const began = events[from];
    if (began !== undefined && began.timeNs + STEADY_NS <= timeNs) return i;
  }
  return events.length;
}
