import { type JointSpec, type RobotSpec, UNWATCHED } from "../../runtime/robot.ts";
import { jointName, type Leg, type LegJoint, perJoint } from "../quadruped/legs.ts";

/**
 * Hard limits, rad, of the kit's own model (google-research/robel-scenes, dkitty/assets/chainA_xh-v2.1.xml), with its signs:
 * x forward, y left, all joints 0 is four legs straight down. Abduction goes far outwards and little inwards.
 */
export function dkittyRange(leg: Leg, joint: LegJoint): readonly [min: number, max: number] {
  if (joint === "thigh") return [-2.14, 2.14];
  if (joint === "calf") return [-1.57, 1.57];
  return leg.endsWith("R") ? [-3.419, 0.279] : [-0.279, 3.419];
}

/** What actions reach, rad: as much inwards as outwards; around the poses ROBEL's tasks use. */
const USED = { abduction: [-0.25, 0.25], thigh: [-0.5, 1.3], calf: [-1.5, 0] } as const;

export const DKITTY_USED = {
  low: perJoint((_, joint) => USED[joint][0]),
  high: perJoint((_, joint) => USED[joint][1]),
};

const SERVO = {
  softMargin: 0.02,
  // An XM430-W350 without load does 4.8 (46 rpm at 12 V, the manual's).
  velocityLimit: 4,
  accelerationLimit: 80,
  // Half the stall torque at 12 V, 4.1.
  effortLimit: 2,
  /**
   * Of the servo's own position control, which no command changes: its P gain register says 800, that is 800/128 units of PWM
   * a count; 885 units are all of the supply, and at standstill 4.1 N·m.
   */
  kp: ((800 / 128) * (4096 / (2 * Math.PI)) * 4.1) / 885,
  // Its damping is the motor's own back-EMF, which the model has at the joint.
  kd: 0,
} as const;

export const DKITTY_SPEC: RobotSpec = {
  name: "dkitty",
  joints: perJoint((leg, joint): JointSpec => {
    const [min, max] = dkittyRange(leg, joint);
    return { name: jointName(leg, joint), min, max, ...SERVO };
  }),
  policyRateHz: 20,
  servoRateHz: 100,
  // Crouched, the feet below the hips.
  restPose: perJoint((_, joint) => ({ abduction: 0, thigh: 0.73, calf: -1.4 })[joint]),
  // Braked it sinks from whatever pose, as the A1.
  endState: "damp",
  imu: { orientation: "orientation", angularVelocity: "gyro" },
  watch: {
    ...UNWATCHED,
    sampleAge: 0.1,
    beyondLimits: 0.1,
    // The servo lets go by itself at 80 °C.
    temperature: 65,
    // 12 V supply; the servo works from 10.
    voltage: 10.5,
    // A stalled servo draws 2.3 A.
    current: 1.8,
  },
};
