import { decode, encode } from "@msgpack/msgpack";
import type { StepSchema } from "../step.ts";
import type { GoneImages, WireImage } from "./images.ts";
import type { PolicyManifest } from "./manifest.ts";
import { checkMessage } from "./message-check.ts";
import type { ClockStamp } from "./peer-clock.ts";
import type { StageRun } from "./stage-runs.ts";
import type { WireMark } from "./step-marks.ts";

/** Bumped when an older peer could misread a message. */
export const PROTOCOL = 3;

/** What a robot says to its learner. Payload frames follow the header. */
export type RobotMessage =
  /** First on every connection. `next` is the sequence number the robot will give its next step. */
  | {
      readonly type: "hello";
      readonly protocol: number;
      readonly robot: string;
      /** Names the spool the sequence numbers belong to; a wiped robot gets a new one. */
      readonly stream: string;
      readonly schema: StepSchema;
      readonly schemaHash: string;
      readonly next: number;
      readonly lockstep: boolean;
      /** Hash of the policy graph the robot already has, or "". */
      readonly graphHash: string;
      /** Newest policy version on the robot's disk, 0 when none. */
      readonly policyVersion: number;
      /** The task's `downStage`. */
      readonly downStage?: string;
      /** Where robot and learner have keys: the robot's name among them, and its signature of `helloStatement`. */
      readonly from?: string;
      readonly signature?: string;
      /** Steps from here on have their time from the clock as it runs now; those before may be of another boot. */
      readonly datedFrom?: number;
      readonly clock?: ClockStamp;
    }
  /**
   * `count` consecutive steps from sequence `first` on; payload: one frame, rows of the schema's fixed size (see
   * step-codec), then a frame for each of `images`. `gap`: the robot no longer has the steps before `first`; waiting for them would be waiting for ever.
   */
  | {
      readonly type: "rows";
      readonly stream: string;
      readonly first: number;
      readonly count: number;
      readonly gap: boolean;
      /** The task's stages at these steps. */
      readonly stages?: readonly StageRun[];
      /** What a person said of the episodes that these steps end. */
      readonly marks?: readonly WireMark[];
      readonly images?: readonly WireImage[];
      readonly imagesGone?: readonly GoneImages[];
    }
  /** A part of a policy has arrived: another may come. `lost`: it was the last, and policy and graph are not on the robot's disk. */
  | { readonly type: "got"; readonly policyVersion: number; readonly index: number; readonly lost?: boolean }
  /** Sent every second; the learner answers "alive". */
  | { readonly type: "alive"; readonly clock?: ClockStamp }
  /** The robot leaves on purpose. */
  | { readonly type: "bye" };

/** Which step a number was given to: its time of acquisition, ns, as near as a number comes. */
export type LastStep = readonly [sequence: number, timeNs: number];

/** What a learner says to a robot. */
export type LearnerMessage =
  /** `resume`: the first sequence number the learner does not hold durably. */
  | {
      readonly type: "welcome";
      readonly protocol: number;
      readonly resume: number;
      /** The newest step below hello's `next` that the learner holds: the robot sees whether it is the same as its own. */
      readonly last?: LastStep;
      readonly clock?: ClockStamp;
    }
  /** Final: the robot stops trying and shows the reason. */
  | { readonly type: "refuse"; readonly reason: string }
  /** Every step before `next` is durable on the learner. */
  | { readonly type: "ack"; readonly next: number }
  /** A policy: its weights (safetensors), then its graph (ONNX), the latter empty when the robot has it already, come in parts. */
  | {
      readonly type: "weights";
      readonly manifest: PolicyManifest;
      readonly weightsBytes: number;
      readonly graphBytes: number;
      /** Where a broker keeps them, under which names: the robot fetches them there, and no parts come. */
      readonly names?: { readonly weights: string; readonly graph: string };
      /** When it was made, s on the learner's monotonic clock. */
      readonly made?: number;
      /** Where robot and learner have keys: the learner's, of `policyStatement`. */
      readonly signature?: string;
    }
  /** One frame of the policy that was announced last, from 0 on. */
  | { readonly type: "part"; readonly policyVersion: number; readonly index: number }
  /** Lockstep only: steps with sequence < `through` may be taken. Sent after the weights they must be taken with. */
  | { readonly type: "permit"; readonly through: number }
  | { readonly type: "alive"; readonly clock?: ClockStamp };

export type Message = RobotMessage | LearnerMessage;

/** Frames of one ZeroMQ message: the header as msgpack, then raw payloads. */
export function encodeMessage(message: Message, ...payloads: Uint8Array[]): Uint8Array[] {
  return [encode(message), ...payloads];
}

const TYPES = new Set([
  "hello",
  "rows",
  "alive",
  "bye",
  "welcome",
  "refuse",
  "ack",
  "weights",
  "part",
  "got",
  "permit",
]);

/** Throws when the first frame is not a message of this protocol. Fields are checked by whoever acts on them. */
export function decodeMessage(frames: readonly Uint8Array[]): { message: Message; payloads: readonly Uint8Array[] } {
  const [header, ...payloads] = frames;
  if (header === undefined) throw new Error("wire: expected a header frame, found none");
  checkMessage(header);
  const message = decode(header) as Message;
  if (typeof message !== "object" || message === null || !TYPES.has(message.type)) {
    throw new Error(
      `wire: expected a message with one of the types ${[...TYPES].join(", ")}, found ${String(JSON.stringify(message)).slice(0, 200)}`,
    );
  }
  return { message, payloads };
}
