import type { Calibration } from "../../calibration/file.ts";
import type { JointCalibration } from "../../calibration/joint.ts";
import { Random } from "../../runtime/random.ts";
import type { RobotSpec } from "../../runtime/robot.ts";
import { FAMILIES } from "../serial/families.ts";
import type { SerialRobot } from "../serial/serial-robot.ts";
import type { ServoFamily } from "../serial/servo-family.ts";
import type { ServoSetup } from "./make-bus.ts";

/** A machine as somebody has screwed it together, and what calibration finds of it. */
export interface MountedRobot {
  readonly servos: readonly ServoSetup[];
  readonly calibration: Calibration;
}

/** How much farther than the robot's limits a joint's stops are, rad. */
const STOPS = 0.01;

/**
 * A robot whose servos sit on their joints any way round and in any tooth of their splines, drawn from `seed`, with the
 * homing offsets that bring their middles to the middle, and its true calibration: always the same for a seed.
 */
export function mountedRobot(spec: RobotSpec, robot: SerialRobot, seed: number): MountedRobot {
  const random = new Random(seed, "mounting");
  const family: ServoFamily = FAMILIES[robot.family];
  const mounted = spec.joints.map(({ name, min, max }, i) => {
    const { id, model } = robot.servos[i]!;
    const direction: 1 | -1 = random.uniform() < 0.5 ? 1 : -1;
    const { countsPerTurn } = family;
    const middle = Math.floor(countsPerTurn / 2);
    const hasOffset = family.homingOffset !== undefined;
    const { sign, most, movesSeam } = family.homing ?? { sign: 1, most: 0, movesSeam: false };
    // Where no offset moves the seam, whoever screws it together has to keep it out of the range.
    const reach = ((Math.max(-min, max) + STOPS) * countsPerTurn) / (2 * Math.PI);
    const slack = hasOffset ? Math.max(0, Math.floor(Math.min(most, middle - 2 - reach))) : 10;
    const zero = movesSeam ? random.integer(countsPerTurn) : middle + random.integer(2 * slack + 1) - slack;
    const homingOffset = hasOffset ? Math.min(most, Math.max(-most, sign * (middle - zero))) : null;
    const at = zero + sign * (homingOffset ?? 0);
    const counts = [min - STOPS, max + STOPS].map((q) => at + (direction * q * countsPerTurn) / (2 * Math.PI));
    const joint: JointCalibration = {
      ...{ name, id, model, countsPerTurn, zero: at, direction, homingOffset },
      min: Math.max(0, Math.ceil(Math.min(...counts))),
      max: Math.min(countsPerTurn - 1, Math.floor(Math.max(...counts))),
    };
    return { joint, setup: { id, mounting: { zero, direction }, ...(homingOffset !== null && { homingOffset }) } };
  });
  return {
    servos: mounted.map(({ setup }) => setup),
    calibration: {
      robot: spec.name,
      created: new Date(0).toISOString(),
      serials: [`emulated-${seed}`],
      method: "emulated",
      joints: mounted.map(({ joint }) => joint),
    },
  };
}
