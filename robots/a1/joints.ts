import type { JointSpec, RobotSpec } from "../../runtime/robot.ts";
import { jointName, LEGS, perJoint } from "../quadruped/legs.ts";

/** Hard limits and the part of them the policy uses, rad. Unitree's a1.urdf; the used part is DayDreamer's. */
export const LEG_RANGE = {
  abduction: { min: -0.802851455917, max: 0.802851455917, usedFrom: 0.01, usedTo: 0.99 },
  thigh: { min: -1.0471975512, max: 4.18879020479, usedFrom: 0.01, usedTo: 0.9 },
  calf: { min: -2.69653369433, max: -0.916297857297, usedFrom: 0.01, usedTo: 0.6 },
} as const;

/** DayDreamer's gains on the real robot. */
const KP = 80;
const KD = { abduction: 1, thigh: 2, calf: 2 } as const;

export const A1_SPEC: RobotSpec = {
  name: "a1",
  joints: perJoint(
    (leg, joint): JointSpec => ({
      name: jointName(leg, joint),
      min: LEG_RANGE[joint].min,
      max: LEG_RANGE[joint].max,
      softMargin: 0.01,
      velocityLimit: 21,
      // Twice what the low-passed targets of a full swing ask for: it acts on jumps that are no part of the task.
      accelerationLimit: 4000,
      effortLimit: 33.5,
      kp: KP,
      kd: KD[joint],
    }),
  ),
  policyRateHz: 20,
  servoRateHz: 200,
  // Crouched, the trunk low over the feet.
  restPose: LEGS.flatMap(() => [0, 1.3, -2.6]),
  // Damped, it sinks onto its belly, from whatever pose. It does not first return to its rest pose: it may lie on its back or
  // stand on two legs when it is told to end, and legs that move by a table of angles would then throw it over.
  endState: "damp",
  imu: { orientation: "orientation", angularVelocity: "gyro" },
  watch: {
    sampleAge: 0.1,
    beyondLimits: 0.2,
    // Targets are kept within maxPositionError of the measured joint, so this error cannot grow.
    tracking: null,
    temperature: 60,
    voltage: null,
    current: null,
    // It is to learn to get up: no tilt is wrong.
    tilt: null,
    workspace: null,
  },
};
