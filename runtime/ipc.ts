/** What the robot's processes say to each other, over Node's IPC; the supervisor passes on what is for a sibling. */
import type { ChildProcess } from "node:child_process";
import type { DriverSettings, RuntimeConfig } from "./defaults.ts";
import type { GcReport } from "./governor/gc-pauses.ts";
import type { Answer, Question } from "./governor/inbox.ts";
import type { Mark, MarkedStep, Order } from "./governor/orders.ts";
import type { Latched } from "./governor/stance.ts";
import type { GovernorStatus } from "./governor/status.ts";
import type { Tally } from "./governor/tally.ts";
import type { LinkState } from "./link/uplink.ts";
import type { Cause, EndState } from "./robot.ts";
import type { TrustOptions } from "./trust/trust.ts";
import type { OffsetReport } from "./wire/clock-offset.ts";
import type { StepImage } from "./wire/images.ts";

/** All a robot's processes need to know about a run. */
export interface SupervisorConfig extends Partial<DriverSettings> {
  readonly robot: string;
  /** "sim" or what else carries the robot; the groups of `DriverSettings` say how it is reached. */
  readonly driver: string;
  /** The robot's settings. */
  readonly task: Readonly<Record<string, number | string | boolean>>;
  readonly seed: number;
  readonly clock: "realtime" | "lockstep";
  /** Run directory; the robot keeps to `robot/` in it, and to nothing at all when it plays. */
  readonly run: string;
  /** ZeroMQ endpoint, as `tcp://127.0.0.1:5556`. */
  readonly learner: string;
  /** Which keys to use. */
  readonly trust?: TrustOptions;
  /** A policy bundle to act with, and nothing else: nobody learns, there is no link, and steps go to nobody. */
  readonly play?: string;
  /** Ends by itself after so many steps of this session; 0: never. */
  readonly steps: number;
  /** Ask the system for what keeps the loop on time. */
  readonly realtime?: boolean;
  /** As the processes of an earlier start left the machine; nothing moves until a person resets it. */
  readonly latched?: Latched;
  readonly runtime: RuntimeConfig;
}

/** One line for a person, from any process. */
export type Note = { readonly type: "note"; readonly text: string };
export type Stop = { readonly type: "stop" };

export type ToGovernor =
  | {
      readonly type: "start";
      readonly config: SupervisorConfig;
      readonly sequence: number;
      readonly episode: number;
      /** Left of `config.steps`. */
      readonly steps: number;
      /** As the governor before left the machine. */
      readonly latched?: Latched;
    }
  | { readonly type: "answer"; readonly answer: Answer }
  | { readonly type: "permit"; readonly through: number }
  | { readonly type: "order"; readonly order: Order }
  /** No answer will come until the policy has another process. */
  | { readonly type: "policyGone" }
  | Stop;

export type FromGovernor =
  | { readonly type: "question"; readonly question: Question }
  | StepMessage
  | ({ readonly type: "mark" } & MarkedStep)
  | { readonly type: "status"; readonly status: GovernorReport }
  /** The machine is in its end state; the process exits after this. */
  | { readonly type: "ended"; readonly status: GovernorReport }
  | { readonly type: "failed"; readonly reason: string }
  /** Its loop turns, in real time; said again within `governorAliveMs`, until its end is said. At its end, a return to the rest pose may take `restMs`. */
  | { readonly type: "alive"; readonly looping: boolean; readonly restMs: number }
  | Note;

/** With what the steps since the report before came to, and how its process fares. */
export interface GovernorReport extends GovernorStatus, Tally {
  readonly gc: GcReport;
  /** How the system schedules the loop's thread, as it said at the start; "" before. */
  readonly scheduling: string;
}

/** What a person said of the episode that a step ends. */
export interface StepMark {
  readonly mark: Mark;
  /** Unix time, ms. */
  readonly timeMs: number;
}

/** What taking up a policy took: until it acted, and the longest that its process heard nothing meanwhile. */
export interface SwapCost {
  readonly stagedMs: number;
  readonly blockedMs: number;
}

/** An encoded row with its images, and the task's stage at it. */
export type StepMessage = {
  readonly type: "step";
  readonly sequence: number;
  readonly episode: number;
  readonly stage?: string;
  readonly marks?: readonly StepMark[];
  readonly row: Uint8Array;
  readonly images?: readonly StepImage[];
  /** For the recording alone: see StandardTopics. */
  readonly measured?: Float64Array;
};

export type ToPolicy =
  | { readonly type: "start"; readonly config: SupervisorConfig; readonly sequence: number }
  | { readonly type: "question"; readonly question: Question }
  | { readonly type: "swap"; readonly path: string }
  | Stop;

export type FromPolicy =
  | { readonly type: "answer"; readonly answer: Answer }
  /** The next answer is of this version: after a start, and after a swap. */
  | { readonly type: "acting"; readonly version: number; readonly swap?: SwapCost }
  /** A bundle was turned down; the policy is the one from before. */
  | { readonly type: "kept"; readonly path: string; readonly reason: string }
  | { readonly type: "status"; readonly version: number; readonly surprise: number; readonly answerMs: number }
  | Note;

export type ToLink =
  /** `resumed`: the session goes on, only the link's process is new. */
  | { readonly type: "start"; readonly config: SupervisorConfig; readonly resumed: boolean }
  | StepMessage
  | Extract<FromPolicy, { type: "acting" | "kept" }>
  /** The machine came to a fault that only a person ends. */
  | { readonly type: "fault"; readonly cause: Cause; readonly text: string }
  | Stop;

/** Stands by to bring the machine to its end state when the governor cannot. */
export type ToRelaxer =
  | { readonly type: "start"; readonly config: SupervisorConfig }
  /** Opens the driver and keeps the machine in its end state. */
  | { readonly type: "relax" }
  /** Another governor is about to open the driver. */
  | { readonly type: "release" }
  | Stop;

export type FromRelaxer =
  | { readonly type: "ready" }
  | { readonly type: "relaxed"; readonly end: EndState }
  | { readonly type: "failed"; readonly reason: string };

export type FromLink =
  /** The spool is open; the next step has these numbers. */
  | { readonly type: "opened"; readonly sequence: number; readonly episode: number }
  /** Steps below this need not be kept for the link any more. */
  | { readonly type: "written"; readonly through: number }
  | { readonly type: "permit"; readonly through: number }
  | { readonly type: "swap"; readonly path: string }
  | { readonly type: "refused"; readonly reason: string }
  | { readonly type: "status"; readonly status: LinkStatus }
  | { readonly type: "ended"; readonly status: LinkStatus }
  | Note;

export interface LinkStatus {
  readonly state: LinkState;
  /** Steps the learner has not acked. */
  readonly spoolDepth: number;
  readonly acked: number;
  /** Why steps are not on disk; undefined while all is well. */
  readonly diskError: string | undefined;
  /** Steps whose images a full disk gave up: those the learner had, and those it never gets. */
  readonly imagesGivenUp: { readonly acked: number; readonly unacked: number };
  /** Steps whose images went on raw because encoding them failed or was too slow. */
  readonly imagesLeftRaw?: number;
  /** How the learner's monotonic clock stands to this machine's; absent while that is not known. */
  readonly clock?: OffsetReport;
  /** When the policy that acts was made, s on this machine's monotonic clock; absent where that is not known. */
  readonly policyMade?: { readonly policyVersion: number; readonly atSeconds: number };
}

/** One end of a pipe between two processes. Sending to a process that is gone is not an error: its death is told elsewhere. */
export interface Channel<In, Out> {
  send(message: Out): void;
  onMessage(handler: (message: In) => void): void;
  /** The other side is gone. */
  onClose(handler: () => void): void;
}

/** To the process that forked this one. Throws when nobody did. */
export function parentChannel<In, Out>(): Channel<In, Out> {
  if (process.send === undefined) throw new Error(`${process.argv[1]}: expected to be started by the supervisor`);
  return {
    send: (message) => void process.send?.(message, undefined, undefined, () => {}),
    onMessage: (handler) => void process.on("message", (message) => handler(message as In)),
    onClose: (handler) => void process.on("disconnect", handler),
  };
}

export function childChannel<In, Out>(child: ChildProcess): Channel<In, Out> {
  return {
    send: (message) => {
      if (child.connected) child.send(message as object, () => {});
    },
    onMessage: (handler) => void child.on("message", (message) => handler(message as In)),
    onClose: (handler) => void child.on("disconnect", handler),
  };
}
