import type { LimitCounts } from "./limits.ts";
import type { LoopReport } from "./loop-times.ts";
import type { Standstill } from "./stance.ts";
import type { State } from "./states.ts";
import type { WatchdogName } from "./watchdogs.ts";

/** Where a governor stands. */
export interface GovernorStatus {
  readonly state: State;
  /** Set while held, at fault or stopped. */
  readonly standstill: Standstill | undefined;
  /** Taken by this governor. */
  readonly steps: number;
  readonly sequence: number;
  readonly episode: number;
  readonly stage: string;
  /** Of the action in force. */
  readonly policyVersion: number;
  readonly loop: LoopReport;
  /** Servo ticks that ran. */
  readonly ticks: number;
  /** Servo ticks that were due by when the last one began, by the clock alone: those that ran and those that were missed. */
  readonly dueTicks: number;
  /** Servo ticks that were skipped because they began too late. */
  readonly missedTicks: number;
  /** Policy ticks without an answer. */
  readonly starvedTicks: number;
  readonly refusedActions: number;
  /** Times the robot was brought to its end state and went on by itself. */
  readonly holds: number;
  /** Times each watchdog tripped. */
  readonly trips: Readonly<Record<WatchdogName, number>>;
  /** Times each limit changed a joint's target. */
  readonly limits: LimitCounts;
  /** Times a person took over. */
  readonly interventions: number;
}
