import type { OffsetReport } from "../../runtime/wire/clock-offset.ts";
import type { SaidImages } from "../../runtime/wire/images.ts";
import type { LearnerMessage } from "../../runtime/wire/messages.ts";
import type { StageRun } from "../../runtime/wire/stage-runs.ts";
import type { WireMark } from "../../runtime/wire/step-marks.ts";
import type { Hello } from "./hello.ts";

/** What became of rows: stored (or known already), a hole before them, or rows that no robot of ours would send. */
export type Taken = "taken" | "gap" | { readonly refuse: string };

/** What a robot says of its rows beyond the rows themselves. */
export interface BesideRows {
  readonly stages: readonly StageRun[];
  readonly marks: readonly WireMark[];
  readonly images: SaidImages;
  /** How the robot's monotonic clock stands to the learner's; absent while that is not known. */
  readonly clock?: OffsetReport | undefined;
}

/** Where a robot goes on, and by which step it sees that the numbers below are its own. */
export type Welcomed = Pick<Extract<LearnerMessage, { type: "welcome" }>, "resume" | "last">;

/** The learner as the link sees it. Called for one message at a time. */
export interface LinkHost {
  /** A robot says hello: where it should go on sending, or why it is refused. */
  greet(hello: Hello): Promise<Welcomed | { readonly refuse: string }>;
  /** The robot is welcome and knows it; weights and permits may go out from here on. */
  joined(hello: Hello): void;
  rows(stream: string, first: number, payload: Uint8Array, beside: BesideRows): Taken;
  /** The rows before `first` are not coming any more: the robot no longer has them. */
  skipTo(stream: string, first: number): void;
  /** First sequence number not held yet. */
  next(stream: string): number;
  /** First sequence number that is not on the learner's disk; a robot told to go on from there forgets what is before. */
  durable(stream: string): number;
  /** Steps of that stream are in the run's log. */
  knows(stream: string): boolean;
  report(line: string): void;
}
