import type { SerialRobot } from "../../drivers/serial/serial-robot.ts";
import { SO101_JOINTS, type So101Joint } from "./joints.ts";

/** STS3215, as the servo says. */
const MODEL = 777;
/** Stall torque at 12 V, 30 kg·cm, is 1000 units of load. */
const EFFORT_PER_LOAD = 0.00294;
/**
 * LeRobot's gains for this arm: half the factory's P, against trembling, and no I. What they come to as N·m/rad is the kp of
 * the spec's joints; kp and kd of a command are not sent to these servos.
 */
const GAINS = { pGain: 16, dGain: 32, iGain: 0 };
/** Jaws that stall on what they hold must not burn: half the torque, as LeRobot sets it. */
const GRIPPER = { maxTorque: 500, protectionCurrent: 250, overloadTorque: 25 };

/** Where more of each joint's angle is. */
const POSITIVE: Readonly<Record<So101Joint, string>> = {
  shoulder_pan: "to the right, seen from behind the base",
  shoulder_lift: "the upper arm forwards and down",
  elbow_flex: "the forearm down",
  wrist_flex: "the gripper down",
  wrist_roll: "the gripper's top to the left",
  gripper: "the jaws open",
};

/** Ids from the base outwards, 1 to 6, as LeRobot and the makers' instructions have them. */
export const SO101_SERVOS: SerialRobot = {
  family: "sts",
  baud: 1_000_000,
  home: {
    pose: "upper arm upright, forearm and gripper level and straight to the front, jaws a finger's breadth from closed",
    position: SO101_JOINTS.map(() => 0),
  },
  servos: SO101_JOINTS.map((joint, i) => ({
    id: i + 1,
    positive: POSITIVE[joint],
    model: MODEL,
    effortPerLoad: EFFORT_PER_LOAD,
    registers: joint === "gripper" ? { ...GAINS, ...GRIPPER } : GAINS,
  })),
};
