import type { RobotSpec, Sample } from "../../runtime/robot.ts";
import type { Observation, Task, TensorSpec } from "../../runtime/task.ts";
import { inRange, oneOf } from "../definition.ts";
import { mapAction } from "./action.ts";
import { type Gait, type RewardTerms, rewardTerms, totalReward } from "./reward.ts";
import { attitude, rollPitch, wrapAngle } from "./rotation.ts";
import { OBSERVATIONS, type WalkSettings } from "./settings.ts";

const DOWN = "on its back";
/** The gate of the calf term open: joints near the stand, upright. */
const STANDING = 0.7;

/** What the task reads besides the joints. */
export const WALK_SENSORS = ["orientation", "gyro", "velocity"] as const;

type TaskSettings = Pick<WalkSettings, "observation" | "filterHz" | "maxPositionError" | "windowSteps">;

/**
 * Learn to walk from lying on the back, without resets. Needs `WALK_SENSORS`. Never terminal; the reward is at least 5 on
 * the back, which is its offset.
 */
export function walkTask(spec: RobotSpec, gait: Gait, settings: TaskSettings): Task {
  const gravity = oneOf("observation", OBSERVATIONS, settings.observation) === "gravity";
  const terms = ({ position, sensors }: Sample): RewardTerms =>
    rewardTerms(gait, attitude(sensors.orientation!), position, sensors.velocity!);
  return {
    name: "walk",
    observation: [gravity ? gravityTensor(spec) : daydreamerTensor(spec)],
    action: spec.joints.map((joint) => joint.name),
    windowSteps: inRange("windowSteps", 1, 1e6, settings.windowSteps),
    rewardOffset: 5,
    canTerminate: false,
    filterHz: inRange("filterHz", 0, spec.policyRateHz / 2, settings.filterHz),
    maxPositionError: inRange("maxPositionError", 0, Number.POSITIVE_INFINITY, settings.maxPositionError),
    mapAction: (action, out) => mapAction(gait, action, out),
    observe: gravity ? observeGravity : observeDaydreamer,
    reward: (sample) => totalReward(terms(sample)),
    isTerminal: () => false,
    stage: (sample) => stage(terms(sample), gait.walkSpeed / 2),
    downStage: DOWN,
    speed: (sample) => terms(sample).forward,
  };
}

function gravityTensor({ joints }: RobotSpec): TensorSpec {
  const units = ["1", "1", "1", "rad/s", "rad/s", "rad/s", ...joints.map(() => "rad")];
  return { name: "body", dtype: "float32", shape: [units.length], units };
}

function observeGravity(sample: Sample): Observation {
  const { up } = attitude(sample.sensors.orientation!);
  return { body: Float32Array.of(...up, ...sample.sensors.gyro!, ...sample.position) };
}

function daydreamerTensor({ joints }: RobotSpec): TensorSpec {
  const units = ["rad", "rad", "rad/s", "rad/s", ...joints.map(() => "rad")];
  return { name: "body", dtype: "float32", shape: [units.length], units };
}

function observeDaydreamer(sample: Sample): Observation {
  const [rollRate, pitchRate] = sample.sensors.gyro!;
  const angles = rollPitch(attitude(sample.sensors.orientation!));
  return { body: Float32Array.of(...angles, rollRate!, pitchRate!, ...sample.position.map(wrapAngle)) };
}

/** "rolled over" from the reward's upright gate on (tilted less than 66°); before it, side or back, "on its back". */
function stage({ upright, calf, forward }: RewardTerms, walking: number): string {
  if (upright <= STANDING) return DOWN;
  if (calf <= STANDING) return "rolled over";
  return forward > walking ? "walking" : "standing";
}
