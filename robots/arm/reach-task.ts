import { Random } from "../../runtime/random.ts";
import type { RobotSpec, Sample } from "../../runtime/robot.ts";
import type { Task } from "../../runtime/task.ts";
import { inRange } from "../definition.ts";
import { mapAction, type Reach } from "./action.ts";
import { places, type Vector } from "./chain.ts";

/** Every number that changes what an arm that learns to reach does; a robot replaces some. */
export const REACH_SETTINGS = {
  /** How long a goal stays, s; 0: the first one for ever. */
  goalSeconds: 6,
  /** Which goals. */
  seed: 0,
  /** Cut-off of the low-pass on the targets, Hz; 0 turns it off. */
  filterHz: 1.5,
  /** How far a target may lie from the measured joint, rad. */
  maxPositionError: 0.15,
  /** Steps that are reported together. */
  windowSteps: 240,
};
export type ReachSettings = typeof REACH_SETTINGS;

/** A step's reward at the goal, and the distance at which it has fallen to 1/e, m. */
const BEST = 10;
const SCALE = 0.2;
/** m */
const AT_THE_GOAL = 0.05;

/** The flange to a point in space, another one every few seconds, by the sample's time. From the joints alone: no camera. */
export function reachTask(spec: RobotSpec, reach: Reach, settings: ReachSettings): Task {
  const periodNs = BigInt(Math.round(inRange("goalSeconds", 0, 1e6, settings.goalSeconds) * 1e9));
  const way = ({ position, timeNs }: Sample): Vector => {
    const goal = goalAt(reach, settings.seed, periodNs === 0n ? 0 : Number(timeNs / periodNs));
    const tip = places(reach.chain, position).at(-1)!;
    return [goal[0] - tip[0], goal[1] - tip[1], goal[2] - tip[2]];
  };
  const units = [...spec.joints.map(() => "rad"), ...spec.joints.map(() => "rad/s"), "m", "m", "m"];
  return {
    name: "reach",
    observation: [{ name: "arm", dtype: "float32", shape: [units.length], units }],
    action: spec.joints.map(({ name }) => name),
    windowSteps: inRange("windowSteps", 1, 1e6, settings.windowSteps),
    rewardOffset: 0,
    canTerminate: false,
    filterHz: inRange("filterHz", 0, spec.policyRateHz / 2 - 1, settings.filterHz),
    maxPositionError: inRange("maxPositionError", 0.05, 0.5, settings.maxPositionError),
    mapAction: (action, out) => mapAction(reach, action, out),
    observe: (sample) => ({ arm: Float32Array.of(...sample.position, ...sample.velocity, ...way(sample)) }),
    reward: (sample) => BEST * Math.exp(-Math.hypot(...way(sample)) / SCALE),
    isTerminal: () => false,
    stage: (sample) => (Math.hypot(...way(sample)) < AT_THE_GOAL ? "at the goal" : "reaching"),
  };
}

/** Goal number `index` of a seed, m: where the flange is in some pose that actions reach; always the same. */
export function goalAt(reach: Reach, seed: number, index: number): Vector {
  const random = new Random(seed, `goal ${index}`);
  const q = new Float64Array(reach.used.length);
  const action = reach.used.map(() => 2 * random.uniform() - 1);
  mapAction(reach, action, q);
  return places(reach.chain, q).at(-1)!;
}
