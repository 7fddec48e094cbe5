import type { TrustOptions } from "../../runtime/trust/trust.ts";
import type { LearnerConfig } from "../config.ts";
import type { Room } from "../replay/room.ts";
import type { StreamReport } from "./stream-record.ts";

/** What the learner's process is told by its parent, over Node's IPC. */
export type LearnerOrder =
  | {
      readonly type: "start";
      /** Run directory; the learner keeps to `learner/` and `policy/` in it. */
      readonly run: string;
      /** As `tcp://127.0.0.1:5556`, where port `*` takes a free one, or `nats://127.0.0.1:4222`. */
      readonly bind: string;
      readonly config: LearnerConfig;
      readonly seed: number;
      readonly lockstep: boolean;
      /** Which keys to use. */
      readonly trust?: TrustOptions;
    }
  /** Finish the update in flight, write a checkpoint, exit with 0. */
  | { readonly type: "stop" };

/** What the learner's process tells its parent. */
export type LearnerEvent =
  /** The link is bound; `endpoint` carries the real port. */
  | { readonly type: "ready"; readonly endpoint: string }
  | { readonly type: "status"; readonly status: LearnerStatus }
  /** One line for a person: a robot came or went, a checkpoint was unreadable, the disk is full. */
  | { readonly type: "note"; readonly text: string }
  /** The process exits with 1 after this. */
  | { readonly type: "failed"; readonly reason: string }
  /** The process exits with 0 after this. */
  | { readonly type: "stopped"; readonly status: LearnerStatus };

/** Where a learner stands, about once a second. */
export interface LearnerStatus {
  /** "preparing": the training graph is being built; "filling": too few steps to learn from. */
  readonly phase: "waiting" | "preparing" | "filling" | "pretraining" | "learning" | "stopping";
  /** Robot steps received in the whole run, earlier sessions included. */
  readonly steps: number;
  /** Steps at which learning starts. */
  readonly fill: number;
  readonly updates: number;
  /** Updates owed to the train ratio and not made yet. */
  readonly owed: number;
  /** Updates per robot step over the last minute or so; undefined before the first. */
  readonly ratio: number | undefined;
  /** Wall time of one update, mean of the latest ones, ms. */
  readonly updateMs: number | undefined;
  /** Reward per step as the task gives it, mean of the last 1000 and 6000 steps. */
  readonly reward1000: number | undefined;
  readonly reward6000: number | undefined;
  /** Newest published version, 0 when none. */
  readonly policyVersion: number;
  /** Policies published since this process started. */
  readonly publishes: number;
  /** Connected now. */
  readonly robots: number;
  /** Each robot that came since this process started, by stream. */
  readonly streams?: Readonly<Record<string, StreamReport>>;
  /** Updates at the newest checkpoint on disk; undefined when there is none. */
  readonly checkpoint: number | undefined;
  /** What replay has room for, and the steps it holds by stream; undefined before a robot came. */
  readonly replay?: { readonly room: Room; readonly rows: Readonly<Record<string, number>> } | undefined;
  /** Why steps are not being stored or a checkpoint was not written; undefined while all is well. */
  readonly diskError: string | undefined;
  readonly resumed: { readonly updates: number; readonly steps: number } | undefined;
  /** Latest training metrics by name. */
  readonly metrics: Readonly<Record<string, number>>;
}
