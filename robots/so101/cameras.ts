import type { ImageWatch } from "../../runtime/robot.ts";
import type { RobotCamera } from "../definition.ts";

const WATCH: ImageWatch = {
  // Several frames of the slowest camera, and a pause of a busy computer.
  age: 0.5,
  frozen: 1,
  rate: 5,
  // A covered lens shows its noise. A dim room is brighter.
  brightness: 8,
};

/** Those an SO-101 may have: one that looks at arm and table from the front, one on the gripper that looks along the jaws. */
export const SO101_CAMERAS: readonly RobotCamera[] = [
  {
    name: "front",
    shape: [64, 64, 3],
    watch: WATCH,
    view: { position: [0.8, 0, 0.45], target: [0.1, 0, 0.15], fieldOfView: 45 },
  },
  {
    name: "wrist",
    shape: [64, 64, 3],
    watch: WATCH,
    view: { position: [-0.02, 0, 0.08], target: [0.1, 0, -0.01], fieldOfView: 60, body: "gripper", follows: "mounted" },
  },
];
