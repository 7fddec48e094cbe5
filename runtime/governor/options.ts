import type { Clock } from "../clock.ts";
import type { RuntimeConfig } from "../defaults.ts";
import type { Driver, RobotSpec, Sample } from "../robot.ts";
import type { Step } from "../step.ts";
import type { Task } from "../task.ts";
import type { Inbox, Question } from "./inbox.ts";
import type { MarkedStep } from "./orders.ts";
import type { Latched } from "./stance.ts";

/** What a loop does that began too late: skip the ticks it missed, or bring the robot to its end state for a moment. */
export const OVERRUNS: readonly string[] = ["skip", "hold"];

export interface GovernorOptions {
  readonly spec: RobotSpec;
  readonly task: Task;
  readonly driver: Driver;
  readonly clock: Clock;
  readonly inbox: Inbox;
  /** Must not block; the answer comes to the inbox. */
  readonly ask: (question: Question) => void;
  /**
   * Must not block. With what the task says of the sample: its stage, and its speed in m/s where it has one; and the sample,
   * good until it returns.
   */
  readonly onStep: (
    step: Step,
    its: { readonly stage: string; readonly speed: number | undefined; readonly sample: Sample },
  ) => void;
  /** One line for a person. Must not block. */
  readonly report: (text: string) => void;
  /** A person said how an episode went. Must not block. */
  readonly onMark?: (mark: MarkedStep) => void;
  readonly settings: RuntimeConfig["governor"];
  readonly watchdogs: RuntimeConfig["watchdogs"];
  /** Wait for each answer and permit instead of going on without. */
  readonly lockstep: boolean;
  /** Numbers of the first step and its episode. */
  readonly sequence: number;
  readonly episode: number;
  /** Ends after so many steps; 0: never by itself. */
  readonly steps: number;
  /** As a governor before this one left the machine; nothing moves until a person resets it. */
  readonly latched?: Latched;
}
