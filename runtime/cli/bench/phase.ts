import type { GcReport } from "../../governor/gc-pauses.ts";
import type { Percentiles } from "../../governor/histogram.ts";
import type { SupervisorConfig } from "../../ipc.ts";
import { forkSupervisor } from "../../supervisor/fork.ts";
import { NO_SWAPS, type RobotStatus } from "../../supervisor/status.ts";

/** µs, to 9 %; the maximum exact. */
export interface Spread {
  readonly p50: number;
  readonly p99: number;
  readonly p999: number;
  readonly max: number;
}

/** How the loop did, from its first tick to its last: with the ticks before its policy was there and it moved. */
export interface LoopPhase {
  /** From when it moved. */
  readonly seconds: number;
  readonly latenessUs: Spread;
  readonly readUs: Spread;
  readonly answerUs: Spread;
  readonly writeUs: Spread;
  readonly tickUs: Spread;
  /** The ticks that took an answer of the same policy; the first answers of another and the ticks that took them; and what getting the policies ready took beside. */
  readonly answerTickUs: Spread;
  readonly swapAnswerUs: Spread;
  readonly swapTickUs: Spread;
  readonly swaps: NonNullable<RobotStatus["swaps"]>;
  /** Servo ticks: due by the clock, run, missed. */
  readonly dueTicks: number;
  readonly ticks: number;
  readonly overruns: number;
  /** Policy ticks without an answer. */
  readonly starvedTicks: number;
  readonly holds: number;
  /** Why it stood still at the end, with its deadlines still kept; absent when it moved. */
  readonly standstill?: string;
  /** Of the governor's process. */
  readonly gc: GcReport;
  /** As the system said at the loop's start. */
  readonly scheduling: string;
}

export interface PhaseOptions {
  readonly config: SupervisorConfig;
  readonly seconds: number;
  /** One line for a person. */
  readonly note: (text: string) => void;
  readonly signal: AbortSignal;
}

/**
 * Runs the robot's processes for so long from when it moves. Throws when they fail, when the signal aborts, and when a tick
 * was lost that nobody counted.
 */
export async function runPhase({ config, seconds, note, signal }: PhaseOptions): Promise<LoopPhase> {
  let stop = () => {};
  let timer: NodeJS.Timeout | undefined;
  const onStatus = ({ state }: RobotStatus): void => {
    if (state !== "unpowered" && state !== "ready") timer ??= setTimeout(() => stop(), 1000 * seconds);
  };
  const supervisor = forkSupervisor(config, { onStatus, onNote: note });
  stop = () => void supervisor.stop();
  signal.addEventListener("abort", stop);
  const { reason, failure, status } = await supervisor.ended;
  clearTimeout(timer);
  signal.removeEventListener("abort", stop);
  if (signal.aborted) throw new Error("bench loop: interrupted");
  if (reason !== "stopped") throw new Error(`bench loop: ${failure ?? reason}`);
  if (status.restarts.governor > 0)
    throw new Error("bench loop: expected one governor, found that it had to be restarted");
  return phaseOf(status, seconds);
}

/** Throws when the ticks do not add up. */
export function phaseOf(status: RobotStatus, seconds: number): LoopPhase {
  const { loop, ticks, dueTicks, missedTicks: overruns, starvedTicks, holds, gc, scheduling } = status;
  const { standstill } = status;
  if (ticks + overruns !== dueTicks) {
    throw new Error(`bench loop: expected ${dueTicks} servo ticks, found ${ticks} run and ${overruns} missed`);
  }
  return {
    seconds,
    latenessUs: spread(loop.lateness),
    readUs: spread(loop.read),
    answerUs: spread(loop.answer),
    writeUs: spread(loop.write),
    tickUs: spread(loop.tick),
    answerTickUs: spread(loop.answerTick),
    swapAnswerUs: spread(loop.swapAnswer),
    swapTickUs: spread(loop.swapTick),
    swaps: status.swaps ?? NO_SWAPS,
    dueTicks,
    ticks,
    overruns,
    starvedTicks,
    holds,
    ...(standstill === undefined ? {} : { standstill: `${status.state}: ${standstill.text}` }),
    gc,
    scheduling,
  };
}

function spread({ p50Ms, p99Ms, p999Ms, maxMs }: Percentiles): Spread {
  const us = (ms: number): number => Math.round(ms * 1000);
  return { p50: us(p50Ms), p99: us(p99Ms), p999: us(p999Ms), max: us(maxMs) };
}
