import { type JointSpec, type RobotSpec, UNWATCHED } from "../../runtime/robot.ts";
import { jointName, type Leg, type LegJoint, perJoint } from "../quadruped/legs.ts";

/**
 * Hard limits, rad; the part of them that actions reach; speed without load, rad/s, and torque, N·m. Of Unitree's
 * go2_description (unitree_ros: xacro/const.xacro); the rear thighs' range is of MuJoCo Menagerie's `unitree_go2`, as is that
 * of the calf motors' torque behind their linkage, 45.43, of which the makers' file gives 35.55: the smaller one counts.
 */
const LIMITS = {
  abduction: { min: -1.0472, max: 1.0472, low: -0.86, high: 0.86, velocity: 30.1, effort: 23.7 },
  thigh: { min: -1.5708, max: 3.4907, low: -0.45, high: 3.4, velocity: 30.1, effort: 23.7 },
  calf: { min: -2.7227, max: -0.83776, low: -2.7, high: -1.63, velocity: 20.06, effort: 35.55 },
} as const;
const REAR_THIGH = { min: -0.5236, max: 4.5379 } as const;

export function go2Range(leg: Leg, joint: LegJoint): readonly [min: number, max: number] {
  const { min, max } = joint === "thigh" && leg.startsWith("R") ? REAR_THIGH : LIMITS[joint];
  return [min, max];
}

/** The joint positions that actions reach, rad: for front and rear legs the same. */
export const GO2_USED = {
  low: perJoint((_, joint) => LIMITS[joint].low),
  high: perJoint((_, joint) => LIMITS[joint].high),
};

/** Those of the A1 scaled by weight: 80 and 2 at 12.5 kg. */
const KP = 90;
const KD = 2;

export const GO2_SPEC: RobotSpec = {
  name: "go2",
  joints: perJoint((leg, joint): JointSpec => {
    const [min, max] = go2Range(leg, joint);
    const { velocity, effort } = LIMITS[joint];
    return {
      name: jointName(leg, joint),
      ...{ min, max, softMargin: 0.01 },
      velocityLimit: Math.min(velocity, 20),
      accelerationLimit: 4000,
      effortLimit: effort,
      ...{ kp: KP, kd: KD },
    };
  }),
  policyRateHz: 20,
  servoRateHz: 200,
  restPose: perJoint((_, joint) => ({ abduction: 0, thigh: 1.3, calf: -2.6 })[joint]),
  // As the A1: it may lie on its back when it is told to end, so it sinks from whatever pose instead of returning.
  endState: "damp",
  imu: { orientation: "orientation", angularVelocity: "gyro" },
  watch: {
    ...UNWATCHED,
    sampleAge: 0.1,
    beyondLimits: 0.2,
    // °C, of the motors' own sensors.
    temperature: 70,
    // Eight cells at 3.1 V.
    voltage: 24.8,
  },
};
