import { A1_SPEC } from "../../../robots/a1/joints.ts";
import type { JointSpec, RobotSpec } from "../../../runtime/robot.ts";

const JOINT = {
  min: -2,
  max: 2,
  softMargin: 0,
  velocityLimit: 3,
  accelerationLimit: 30,
  effortLimit: 10,
  kp: 20,
  kd: 1,
} as const;

const joints = (...names: string[]): JointSpec[] => names.map((name) => ({ name, ...JOINT }));

const WATCH = {
  sampleAge: 0.1,
  beyondLimits: 0.2,
  tracking: null,
  temperature: null,
  voltage: null,
  current: null,
  tilt: null,
  workspace: null,
};

export const ARM: RobotSpec = {
  name: "arm",
  joints: joints("shoulder", "elbow", "wrist"),
  policyRateHz: 20,
  servoRateHz: 100,
  restPose: [0.1, -0.2, 0.3],
  endState: "hold",
  watch: WATCH,
};

/** Drives, turns; m/s and rad/s. */
export const BASE: RobotSpec = {
  ...ARM,
  name: "base",
  joints: joints("drive", "turn"),
  restPose: [0, 0],
  endState: "stop",
};

/** A quadruped whose joints have other names than the Go2's motors. */
export const GO2 = {
  spec: { ...A1_SPEC, name: "go2" },
  joints: Object.fromEntries(A1_SPEC.joints.map(({ name }) => [name, name.replace("abduction", "hip")])),
} as const;
