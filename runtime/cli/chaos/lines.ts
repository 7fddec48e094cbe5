import type { ChaosResult } from "./chaos.ts";
import { HOLDERS, type Unhanded } from "./unhanded.ts";

/** What came of it, for a person. */
export function chaosLines(result: ChaosResult): string[] {
  const { account, blows, connections, rhythm, starts, peakMb, skipped, drainSeconds } = result;
  const { kills, diskFull } = blows;
  const all = Object.values(kills).reduce((sum, count) => sum + count, 0);
  const drained = drainSeconds === undefined ? "never" : `after ${drainSeconds.toFixed(1)} s`;
  return [
    `${result.robot}, seed ${result.seed}: ${result.seconds.toFixed(0)} s of blows, the learner had everything ${drained}`,
    `  kill -9       ${all}: ${each(kills)}; ${blows.missed} found nobody; started: robot ${starts.robot}, learner ${starts.learner} times`,
    `  network       ${blows.cuts} cut, ${blows.halfCloses} halved, ${blows.late} late, ${blows.refusals} refused, ${blows.stalls} stalled, ${blows.delays} delayed, ${blows.throttles} throttled; ${connections.connections} connections`,
    `  disk full     robot ${diskFull.robot}, learner ${diskFull.learner} times; clock stepped ${blows.clockSteps} times`,
    ...skipped.map((line) => `  skipped       ${line}`),
    `  steps made    ${account.made}, the highest number ${account.highest}; on the learner's disk ${account.stored} by ${account.streams} names, in the recording ${account.recorded}`,
    `  lost          ${account.lost} (of them in the recording ${account.lostButRecorded}); duplicated ${account.duplicated}; out of order ${account.disordered}; changed ${account.changed}; from nobody ${account.unknown}`,
    `  gaps          ${account.gaps} numbers, of them given to a step that was lost: ${account.gapsOfLost}`,
    `  never handed over, and gone with a process that was killed: ${HOLDERS.map((name) => unhanded(name, account.unhanded[name])).join("; ")}`,
    `  loop          ${rhythm.missedTicks} of ${rhythm.dueTicks} servo ticks missed while others were hurt, worst gap ${rhythm.worstGapMs.toFixed(0)} ms, end states ${rhythm.holds}`,
    `  memory, MB    ${each(Object.fromEntries(Object.entries(peakMb).map(([name, mb]) => [name, Math.round(mb)])))}`,
    result.holds
      ? "nothing was lost, nothing doubled"
      : `THE BAR IS BROKEN: a step was lost, doubled or changed; all that was written lies in ${result.evidence}`,
  ];
}

const each = (counts: Readonly<Record<string, number>>): string =>
  Object.entries(counts)
    .map(([name, count]) => `${name} ${count}`)
    .join(", ");

const unhanded = (name: string, { steps, most, oldestMs }: Unhanded): string =>
  `${name} ${steps} (at once ${most}, the oldest ${oldestMs.toFixed(0)} ms before)`;
