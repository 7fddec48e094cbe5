import { NO_GC } from "../governor/gc-pauses.ts";
import { LoopTimes } from "../governor/loop-times.ts";
import type { Order } from "../governor/orders.ts";
import { NO_STEPS } from "../governor/tally.ts";
import { WATCHDOGS, type WatchdogName } from "../governor/watchdogs.ts";
import type { GovernorReport, LinkStatus, SupervisorConfig } from "../ipc.ts";

/** Where the robot stands, about once a second. */
export interface RobotStatus extends GovernorReport {
  /** Undefined when nobody learns. */
  readonly link: LinkStatus | undefined;
  /** Since the learner made the policy in force or, where that is not known, since it was taken up, s; undefined while exploring. */
  readonly policyAgeSeconds: number | undefined;
  /** Policies taken up after the first, which has its graph to open: how many, how long getting one ready took at most, and the longest that its process heard nothing meanwhile. */
  readonly swaps?: { readonly count: number; readonly longestMs: number; readonly blockedMs: number };
  /** KL(posterior‖prior) of the newest answer, nats. */
  readonly surprise: number;
  /** Time the newest answer took. */
  readonly answerMs: number;
  /** Times a process had to be started again. */
  readonly restarts: { readonly governor: number; readonly policy: number; readonly link: number };
  /** Steps lost before they reached the disk. */
  readonly lostSteps: number;
  /** Steps whose images were lost there. */
  readonly lostImages: number;
}

/** How the robot's side of a run ended. */
export interface RobotSummary {
  /** "steps": it took the steps it was asked for. "refused": by the learner. "failed": see `failure`. */
  readonly reason: "stopped" | "steps" | "refused" | "failed";
  /** Undefined for "stopped" and "steps". */
  readonly failure: string | undefined;
  readonly status: RobotStatus;
}

export type ToSupervisor =
  | { readonly type: "start"; readonly config: SupervisorConfig }
  | { readonly type: "order"; readonly order: Order }
  | { readonly type: "stop" };

export type FromSupervisor =
  | { readonly type: "status"; readonly status: RobotStatus }
  | { readonly type: "note"; readonly text: string }
  | { readonly type: "ended"; readonly summary: RobotSummary };

export const NO_LINK: LinkStatus = {
  state: "connecting",
  spoolDepth: 0,
  acked: 0,
  diskError: undefined,
  imagesGivenUp: { acked: 0, unacked: 0 },
};

export const NO_SWAPS = { count: 0, longestMs: 0, blockedMs: 0 };

const NO_TRIPS = Object.fromEntries(WATCHDOGS.map((name) => [name, 0])) as Record<WatchdogName, number>;

export const NO_GOVERNOR: GovernorReport = {
  state: "unpowered",
  steps: 0,
  sequence: 0,
  episode: 0,
  stage: "",
  policyVersion: 0,
  standstill: undefined,
  loop: new LoopTimes().report(),
  ticks: 0,
  dueTicks: 0,
  missedTicks: 0,
  starvedTicks: 0,
  refusedActions: 0,
  holds: 0,
  trips: NO_TRIPS,
  limits: { acceleration: 0, velocity: 0, error: 0, effort: 0, position: 0 },
  interventions: 0,
  gc: NO_GC,
  scheduling: "",
  ...NO_STEPS,
};
