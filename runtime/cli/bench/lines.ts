import type { LoopPhase, Spread } from "./phase.ts";

/** A phase for a person: a table in µs and what was counted. */
export function phaseLines(
  title: string,
  phase: LoopPhase & { readonly updates?: number; readonly updateMs?: number },
): string[] {
  const { latenessUs, readUs, answerUs, writeUs, tickUs, gc, scheduling, updates, updateMs } = phase;
  const row = (name: string, { p50, p99, p999, max }: Spread): string =>
    `  ${name.padEnd(10)}${[p50, p99, p999, max].map((us) => String(us).padStart(9)).join("")}`;
  const { count, longestMs, blockedMs } = phase.swaps;
  const swaps = `  policies swapped: ${count}, each ready in at most ${longestMs.toFixed(0)} ms, its process blocked for at most ${blockedMs.toFixed(1)} ms`;
  const still = phase.standstill === undefined ? [] : [`  at the end it stood still: ${phase.standstill}`];
  const learner = updates === undefined ? [] : [`  learner: ${updates} updates, ${updateMs?.toFixed(0)} ms each`];
  return [
    `${title}: ${scheduling}`,
    `  ${"µs".padEnd(10)}${["p50", "p99", "p99.9", "max"].map((name) => name.padStart(9)).join("")}`,
    row("lateness", latenessUs),
    row("read", readUs),
    row("answer", answerUs),
    row("write", writeUs),
    row("tick", tickUs),
    ...(count > 1
      ? [row("answered", phase.answerTickUs), row("swapped", phase.swapTickUs), row("its answer", phase.swapAnswerUs)]
      : []),
    `  servo ticks: ${phase.dueTicks} due, ${phase.ticks} run, ${phase.overruns} missed; policy ticks starved: ${phase.starvedTicks}; holds: ${phase.holds}`,
    `  garbage collection: ${gc.count} pauses, longest ${gc.longestMs.toFixed(1)} ms, ${gc.totalMs.toFixed(1)} ms in all`,
    ...(count > 1 ? [swaps] : []),
    ...learner,
    ...still,
  ];
}
