import type { Sample } from "../../runtime/robot.ts";
import type { Observation, Task, TensorSpec } from "../../runtime/task.ts";
import { inRange, oneOf } from "../definition.ts";
import { mapAction } from "./action.ts";
import { A1_SPEC } from "./joints.ts";
import { type RewardTerms, rewardTerms, totalReward } from "./reward.ts";
import { attitude, rollPitch, wrapAngle } from "./rotation.ts";
import { type A1Settings, OBSERVATIONS } from "./settings.ts";

const JOINT_UNITS = A1_SPEC.joints.map(() => "rad");

const DOWN = "on its back";
/** The gate of the calf term open: joints near the stand, upright. */
const STANDING = 0.7;
/** Half of the speed the reward asks for, m/s. */
const WALKING = 0.15;

/**
 * Learn to walk from lying on the back, without resets. Needs the sensors "orientation", "gyro" and "velocity".
 * Never terminal; the reward is at least 5 on the back, which is its offset.
 */
export function a1Task(settings: A1Settings): Task {
  const gravity = oneOf("observation", OBSERVATIONS, settings.observation) === "gravity";
  return {
    name: "walk",
    observation: [gravity ? GRAVITY : DAYDREAMER],
    action: A1_SPEC.joints.map((joint) => joint.name),
    windowSteps: inRange("windowSteps", 1, 1e6, settings.windowSteps),
    rewardOffset: 5,
    canTerminate: false,
    filterHz: inRange("filterHz", 0, A1_SPEC.policyRateHz / 2, settings.filterHz),
    maxPositionError: inRange("maxPositionError", 0, Number.POSITIVE_INFINITY, settings.maxPositionError),
    mapAction,
    observe: gravity ? observeGravity : observeDaydreamer,
    reward: (sample) => totalReward(terms(sample)),
    isTerminal: () => false,
    stage,
    downStage: DOWN,
    speed: (sample) => terms(sample).forward,
  };
}

const GRAVITY: TensorSpec = {
  name: "body",
  dtype: "float32",
  shape: [18],
  units: ["1", "1", "1", "rad/s", "rad/s", "rad/s", ...JOINT_UNITS],
};

function observeGravity(sample: Sample): Observation {
  const { up } = attitude(sample.sensors.orientation!);
  return { body: Float32Array.of(...up, ...sample.sensors.gyro!, ...sample.position) };
}

const DAYDREAMER: TensorSpec = {
  name: "body",
  dtype: "float32",
  shape: [16],
  units: ["rad", "rad", "rad/s", "rad/s", ...JOINT_UNITS],
};

function observeDaydreamer(sample: Sample): Observation {
  const [rollRate, pitchRate] = sample.sensors.gyro!;
  const angles = rollPitch(attitude(sample.sensors.orientation!));
  return { body: Float32Array.of(...angles, rollRate!, pitchRate!, ...sample.position.map(wrapAngle)) };
}

function terms({ position, sensors }: Sample): RewardTerms {
  return rewardTerms(attitude(sensors.orientation!), position, sensors.velocity!);
}

/** "rolled over" from the reward's upright gate on (tilted less than 66°); before it, side or back, "on its back". */
function stage(sample: Sample): string {
  const { upright, calf, forward } = terms(sample);
  if (upright <= STANDING) return DOWN;
  if (calf <= STANDING) return "rolled over";
  return forward > WALKING ? "walking" : "standing";
}
