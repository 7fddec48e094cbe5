import { createHash } from "node:crypto";
import type { ImageSpec, RobotSpec } from "./robot.ts";
import type { Observation, Task, TensorSpec } from "./task.ts";

/**
 * One policy tick. `action` is the one in force in the tick that LED TO this observation, in the policy's action space:
 * the policy's (clipped to its range), a person's, or the governor's substitute. `command` is the joint target that was
 * really sent at the end of that tick. The reward belongs to the observation it arrives with. This alignment holds
 * everywhere: log, wire, replay, agent.
 */
export interface Step {
  /** Counts a robot's steps from 0 within one stream; never reused. */
  readonly sequence: number;
  readonly episode: number;
  /** Within the episode. */
  readonly index: number;
  /** Acquisition time on the robot's monotonic clock, ns. */
  readonly timeNs: bigint;
  readonly observation: Observation;
  readonly action: Float32Array;
  readonly command: Float32Array;
  /** As the task gives it; its offset is not yet subtracted. */
  readonly reward: number;
  /** The stream broke before this step (boot, take-over, end state): nothing before it explains it. */
  readonly isFirst: boolean;
  /** Last step of a window. The next step goes on from it unless that one is first. */
  readonly isLast: boolean;
  readonly isTerminal: boolean;
  /** 0 while the robot explores without a policy. */
  readonly policyVersion: number;
  readonly intervened: boolean;
}

/** What both sides must agree on before a row is sent. */
export interface StepSchema {
  readonly robot: string;
  readonly task: string;
  readonly observation: readonly TensorSpec[];
  readonly action: readonly string[];
  readonly joints: readonly string[];
  readonly policyRateHz: number;
  /** Absent in what was written before it was noted; so is the calibration. */
  readonly servoRateHz?: number;
  /** The robot's; "" for one that needs none. */
  readonly calibration?: string;
  readonly rewardOffset: number;
  readonly canTerminate: boolean;
}

/** With the images of the robot's cameras behind what its task observes. */
export function stepSchema(robot: RobotSpec, task: Task): StepSchema {
  return {
    robot: robot.name,
    task: task.name,
    observation: [...task.observation, ...(robot.images ?? []).map(imageTensor)],
    action: task.action,
    joints: robot.joints.map((joint) => joint.name),
    policyRateHz: robot.policyRateHz,
    servoRateHz: robot.servoRateHz,
    calibration: robot.calibration ?? "",
    rewardOffset: task.rewardOffset,
    canTerminate: task.canTerminate,
  };
}

function imageTensor({ name, shape }: ImageSpec): TensorSpec {
  return { name, dtype: "uint8", shape, units: ["1"] };
}

/** What of it a policy is made for and sees: the vectors. No agent reads images yet, so one fits with cameras and without. */
export function policySchema(schema: StepSchema): StepSchema {
  return { ...schema, observation: schema.observation.filter(({ dtype }) => dtype === "float32") };
}

/** The same for equal schemas, whatever the order of their keys. */
export function schemaHash(schema: StepSchema): string {
  return createHash("sha256").update(canonicalJson(schema)).digest("hex").slice(0, 16);
}

function canonicalJson(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(canonicalJson).join(",")}]`;
  if (typeof value !== "object" || value === null) return JSON.stringify(value);
  const entries = Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1));
  return `{${entries.map(([key, inner]) => `${JSON.stringify(key)}:${canonicalJson(inner)}`).join(",")}}`;
}
