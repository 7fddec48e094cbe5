import type { Sample } from "../../runtime/robot.ts";
import type { Task } from "../../runtime/task.ts";
import { inRange, type RobotDefinition } from "../definition.ts";
import { LINK, REACHER_SPEC, reacherMjcf } from "./arm.ts";

/** Every number that changes what the reacher does. */
export const REACHER_SETTINGS = {
  /** Where the tip should be, m from the shoulder. */
  goalX: 0.02,
  goalY: 0.35,
  /** Steps that are reported together. */
  windowSteps: 100,
};

export type ReacherSettings = typeof REACHER_SETTINGS;

/** A step's reward at the goal. */
const BEST_REWARD = 10;
/** Distance at which the reward has fallen to 1/e, m. */
const REWARD_SCALE = 0.15;
/** m */
const AT_THE_GOAL = 0.05;

/** Both joints at this angle bring the tip near the default goal, rad. */
const BENT = 1;

/** Two links in the plane whose tip should stay at a fixed point. The smallest robot: made to see learning in seconds. */
export const REACHER: RobotDefinition<ReacherSettings> = {
  spec: REACHER_SPEC,
  settings: REACHER_SETTINGS,
  gestures: [
    { key: "s", name: "straight", action: REACHER_SPEC.joints.map(() => 0) },
    { key: "b", name: "bent", action: REACHER_SPEC.joints.map(({ max }) => BENT / max) },
  ],
  task: reacherTask,
  simulation: () => ({
    xml: reacherMjcf(),
    start: [0, 0],
    velocityWindow: 0.12,
    fullEffortVelocity: 20,
    camera: { position: [0, -0.3, 1.1], target: [0, 0, 0], fieldOfView: 44 },
  }),
};

/** Tip of the arm, m, from joint positions. */
export function tip(position: ArrayLike<number>): readonly [number, number] {
  const [shoulder, elbow] = [position[0]!, position[0]! + position[1]!];
  return [LINK * (Math.cos(shoulder) + Math.cos(elbow)), LINK * (Math.sin(shoulder) + Math.sin(elbow))];
}

function reacherTask({ goalX, goalY, windowSteps }: ReacherSettings): Task {
  const distance = ({ position }: Sample): number => {
    const [x, y] = tip(position);
    return Math.hypot(x - goalX, y - goalY);
  };
  return {
    name: "reach",
    observation: [{ name: "arm", dtype: "float32", shape: [6], units: ["rad", "rad", "rad/s", "rad/s", "m", "m"] }],
    action: REACHER_SPEC.joints.map((joint) => joint.name),
    windowSteps: inRange("windowSteps", 1, 1e6, windowSteps),
    rewardOffset: 0,
    canTerminate: false,
    filterHz: 0,
    maxPositionError: Number.POSITIVE_INFINITY,
    mapAction(action, out) {
      REACHER_SPEC.joints.forEach(({ max }, i) => {
        out[i] = max * Math.min(1, Math.max(-1, action[i]!));
      });
    },
    observe({ position, velocity }) {
      const [x, y] = tip(position);
      return { arm: Float32Array.of(...position, ...velocity, goalX - x, goalY - y) };
    },
    reward: (sample) => BEST_REWARD * Math.exp(-distance(sample) / REWARD_SCALE),
    isTerminal: () => false,
    stage: (sample) => (distance(sample) < AT_THE_GOAL ? "at the goal" : "reaching"),
  };
}
