import type { Fault } from "../../../drivers/mock/faults.ts";
import type { RosFault } from "../../../drivers/ros2/mock/faults.ts";

/** Processes that can fail. */
export const PROCESSES = ["policy", "governor", "supervisor", "link", "learner"] as const;
export type ProcessName = (typeof PROCESSES)[number];

/** How one can: SIGKILL; SIGSTOP, with `for` until SIGCONT; the rest by itself (`process/test-faults.ts`). */
export const PROCESS_FAULTS = ["kill", "stop", "busy", "throw", "memory", "read", "write", "fail", "nan"] as const;

/** What happens between the robot and its learner. */
export const NETWORK_FAULTS = ["net-cut", "net-stall", "net-delay"] as const;

/** When, s from the robot's first move, or from its start where nothing is to move. */
interface At {
  readonly at: number;
}

export type ProcessFault = At & {
  readonly kind: (typeof PROCESS_FAULTS)[number];
  readonly process: ProcessName;
  readonly for?: number;
};

export type NetworkFault = At & {
  /** Cut: connections end and none is made; stall: nothing comes through, connections stay; delay: all comes `ms` later. */
  readonly kind: (typeof NETWORK_FAULTS)[number];
  readonly for?: number;
  readonly ms?: number;
};

/** The time of day is off by so many hours from then on, and right again after `for`; no other clock changes. */
export type ClockFault = At & { readonly kind: "clock-step"; readonly hours: number; readonly for?: number };

/** Of the machine itself: servos, or one on ROS 2. */
export type MachineFault = At & { readonly machine: Fault | RosFault };

export type ScenarioFault = ProcessFault | NetworkFault | ClockFault | MachineFault;

/** What the person at the robot does: an order, the command's end by Ctrl-C, or starting it again, ended or not. */
export const ORDERS = ["reset", "estop", "pause", "resume", "stop", "start"] as const;
export type PersonOrder = At & { readonly order: (typeof ORDERS)[number] };

/** What has to come of it; a number is the most there may be. What is not there is not judged. */
export interface Expectations {
  /** The first end state the motors are told after the first fault or order; "none": they are told none; "hold or limp": either; "own": the robot's. */
  readonly endState?: string;
  /** From that fault or order until then, ms. */
  readonly endStateMs?: number;
  /** Why the robot stood still: one of its watchdogs and other causes; "overrun or sample": for either. */
  readonly cause?: string;
  /** Words that a person gets to read, each somewhere. */
  readonly says?: readonly string[];
  /** The robot's state at the end: "engaged", "fault"…; "ended": its command has given up, or ended as it was told. */
  readonly ends?: string;
  /** From the last order or the end of the last fault until it is commanded again, ms. */
  readonly resumedMs?: number;
  readonly missedTicks?: number;
  readonly starvedTicks?: number;
  /** °C, as the robot believes. */
  readonly maxTemperature?: number;
  /** Steps that neither learner nor spool has; by default 0. */
  readonly rowsLost?: number;
  /** Positions believed that no joint had; by default 0; null: the fault lies about positions, and nobody could know. */
  readonly wrongPositions?: number | null;
}

/** One story of a robot and what goes wrong with it. */
export interface Scenario {
  readonly name: string;
  /** For a person: what goes wrong and what is right then. */
  readonly what: string;
  /** Robots that it is for. */
  readonly robots: readonly string[];
  /** Rows of the safety page and of the README's table that it shows. */
  readonly covers: readonly string[];
  /** How long it lasts, s from the first move. */
  readonly seconds: number;
  /** When 0 is: the robot's first move, or the machine's start. */
  readonly from: "move" | "start";
  readonly seed: number;
  readonly faults: readonly ScenarioFault[];
  readonly person: readonly PersonOrder[];
  /** Settings of the run, by the names their flags have. */
  readonly settings: Readonly<Record<string, string>>;
  readonly expect: Expectations;
}

/** Numbers of a rehearsal itself. */
export const HIL_DEFAULTS = {
  /** A robot that does not move after so long will not, ms. */
  startMs: 45_000,
  /** How often one that failed before it moved is started again: late answers of a busy machine are not what is rehearsed. */
  starts: 3,
  /** How much longer than the wire needs a reply may take, ms: emulated servos wait for the processor. */
  slackMs: 60,
  /** Which way round the servos are screwed to their joints. */
  mounting: 0,
  /** A position is wrong when it is farther than this from every place the joint had about that time, rad. */
  positionError: 0.03,
  /** How long before and after the sample is looked for that place, ms. */
  windowMs: 40,
  /** How long the learner may take for the last steps, ms. */
  drainMs: 15_000,
};
