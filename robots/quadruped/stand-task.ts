import type { RobotSpec } from "../../runtime/robot.ts";
import type { Task } from "../../runtime/task.ts";
import { inRange } from "../definition.ts";
import { mapAction } from "./action.ts";
import { LEG_JOINTS } from "./legs.ts";
import { type Gait, meanDeviation } from "./reward.ts";
import type { WalkSettings } from "./settings.ts";

/** A step's reward in the stand. */
const BEST = 10;
/** Mean deviation below which it stands, 1 being the farthest. */
const STANDS = 0.1;

/**
 * To the stand and keep it, from what the servos say alone: for machines without an IMU, and a first thing to learn on a real
 * one. It does not know whether it lies on its side.
 */
export function standTask(
  spec: RobotSpec,
  gait: Gait,
  settings: Pick<WalkSettings, "filterHz" | "maxPositionError" | "windowSteps">,
): Task {
  const off = (position: ArrayLike<number>): number =>
    LEG_JOINTS.reduce((sum, joint, i) => sum + meanDeviation(gait, position, i, gait.stand[joint]), 0) / 3;
  const units = [...spec.joints.map(() => "rad"), ...spec.joints.map(() => "rad/s")];
  return {
    name: "stand",
    observation: [{ name: "joints", dtype: "float32", shape: [units.length], units }],
    action: spec.joints.map((joint) => joint.name),
    windowSteps: inRange("windowSteps", 1, 1e6, settings.windowSteps),
    rewardOffset: 0,
    canTerminate: false,
    filterHz: inRange("filterHz", 0, spec.policyRateHz / 2, settings.filterHz),
    maxPositionError: inRange("maxPositionError", 0, Number.POSITIVE_INFINITY, settings.maxPositionError),
    mapAction: (action, out) => mapAction(gait, action, out),
    observe: ({ position, velocity }) => ({ joints: Float32Array.of(...position, ...velocity) }),
    reward: ({ position }) => BEST * (1 - off(position)) ** 2,
    isTerminal: () => false,
    stage: ({ position }) => (off(position) < STANDS ? "in the stand" : "on its way"),
  };
}
