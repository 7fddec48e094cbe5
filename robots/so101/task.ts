import type { Sample } from "../../runtime/robot.ts";
import type { Task } from "../../runtime/task.ts";
import { inRange } from "../definition.ts";
import { mapAction } from "./action.ts";
import { type Goal, goalAt } from "./goal.ts";
import { SO101_JOINTS } from "./joints.ts";
import { places } from "./kinematics.ts";
import type { So101Settings } from "./settings.ts";

/** A step's reward with the tip at the goal, and with the jaws open as they should. */
const PLACE_REWARD = 8;
const OPENING_REWARD = 2;
/** Distance and angle at which these have fallen to 1/e, m and rad. */
const PLACE_SCALE = 0.1;
const OPENING_SCALE = 0.4;
/** m */
const AT_THE_GOAL = 0.03;

const GRIPPER = SO101_JOINTS.indexOf("gripper");

/**
 * The tip of the jaws to a point in space, the jaws open by so much; another point every few seconds, by the sample's time, so
 * that all is a function of the sample. From what the servos say alone: no camera.
 */
export function so101Task({
  goalSeconds,
  seed,
  filterHz,
  maxPositionError,
  clearance,
  windowSteps,
}: So101Settings): Task {
  inRange("clearance", 0, 0.1, clearance);
  const periodNs = BigInt(Math.round(inRange("goalSeconds", 0, 1e6, goalSeconds) * 1e9));
  const goalOf = ({ timeNs }: Sample): Goal => goalAt(seed, periodNs === 0n ? 0 : Number(timeNs / periodNs));
  const way = (sample: Sample): readonly [x: number, y: number, z: number, opening: number] => {
    const { place, opening } = goalOf(sample);
    const { tip } = places(sample.position);
    return [place[0] - tip[0], place[1] - tip[1], place[2] - tip[2], opening - sample.position[GRIPPER]!];
  };
  return {
    name: "reach",
    observation: [
      {
        name: "arm",
        dtype: "float32",
        shape: [16],
        units: [...SO101_JOINTS.map(() => "rad"), ...SO101_JOINTS.map(() => "rad/s"), "m", "m", "m", "rad"],
      },
    ],
    action: SO101_JOINTS,
    windowSteps: inRange("windowSteps", 1, 1e6, windowSteps),
    rewardOffset: 0,
    canTerminate: false,
    filterHz: inRange("filterHz", 0, 9, filterHz),
    maxPositionError: inRange("maxPositionError", 0.1, 1, maxPositionError),
    mapAction: (action, out) => mapAction(action, clearance, out),
    observe: (sample) => ({ arm: Float32Array.of(...sample.position, ...sample.velocity, ...way(sample)) }),
    reward: (sample) => {
      const [x, y, z, opening] = way(sample);
      return (
        PLACE_REWARD * Math.exp(-Math.hypot(x, y, z) / PLACE_SCALE) +
        OPENING_REWARD * Math.exp(-Math.abs(opening) / OPENING_SCALE)
      );
    },
    isTerminal: () => false,
    stage: (sample) => {
      const [x, y, z] = way(sample);
      return Math.hypot(x, y, z) < AT_THE_GOAL ? "at the goal" : "reaching";
    },
  };
}
