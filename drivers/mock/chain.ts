import type { JointCalibration } from "../../calibration/joint.ts";
import type { RobotSpec } from "../../runtime/robot.ts";
import { SERVO_KINDS, type ServoKind, type ServoSetup } from "./make-bus.ts";

/** What every servo of a chain has for a homing offset, counts, where it can have one. */
export const CHAIN_OFFSET = 40;
/** How far the joints of a chain go from 0 to either side, rad. */
const REACH = 1.3;

/** A chain of `n` servos as a robot, to try drivers with: every other one is mounted the other way round, none has its middle in the middle. */
export function chainSpec(n: number): RobotSpec {
  const joints = Array.from({ length: n }, (_, i) => ({
    name: `joint${i + 1}`,
    min: -1.2,
    max: 1.2,
    softMargin: 0.02,
    velocityLimit: 5,
    accelerationLimit: 50,
    effortLimit: 3,
    kp: 20,
    kd: 0.5,
  }));
  return {
    name: `chain${n}`,
    joints,
    policyRateHz: 20,
    servoRateHz: 100,
    restPose: joints.map(() => 0),
    endState: "hold",
    watch: {
      sampleAge: 0.1,
      beyondLimits: 0.2,
      tracking: null,
      temperature: 70,
      voltage: 9,
      current: null,
      tilt: null,
      workspace: null,
    },
  };
}

/** How the servos of a chain sit on their joints. */
export function chainSetups(kind: ServoKind, n: number): ServoSetup[] {
  const middle = kind === "scs" ? 512 : 2048;
  return Array.from({ length: n }, (_, i) => ({
    id: i + 1,
    mounting: { zero: middle + 7 * i, direction: (i % 2 === 0 ? 1 : -1) as 1 | -1 },
    homingOffset: CHAIN_OFFSET,
  }));
}

/** What calibration would find of a chain whose servos have their homing offsets. */
export function chainCalibration(kind: ServoKind, n: number): JointCalibration[] {
  const { manners, model } = SERVO_KINDS[kind];
  const { countsPerTurn } = manners.family;
  const reach = (REACH * countsPerTurn) / (2 * Math.PI);
  const own = { sts: -CHAIN_OFFSET, scs: 0, dynamixel: CHAIN_OFFSET }[kind];
  return chainSetups(kind, n).map(({ id, mounting: { zero, direction } }) => ({
    name: `joint${id}`,
    id,
    model,
    countsPerTurn,
    zero: zero + own,
    direction,
    min: Math.ceil(zero + own - reach),
    max: Math.floor(zero + own + reach),
    homingOffset: own === 0 ? null : CHAIN_OFFSET,
  }));
}
