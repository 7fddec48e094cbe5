import { GO2_MOTORS, MOTOR_SLOTS } from "../go2/motors.ts";
import type { JointState, LowState, MotorState, Odometry, Quaternion, Time, Vector3 } from "../messages/types.ts";
import { TWIST_PARTS } from "../state/base.ts";
import { turned } from "../state/odometry.ts";

/** An emulated machine as its messages describe it; joints in the robot's order, rad, rad/s, N·m. */
export interface Body {
  /** The joints' names in its messages. */
  readonly names: readonly string[];
  readonly position: Float64Array;
  velocity(joint: number): number;
  effort(joint: number): number;
  /** As `SimModel.base` has them; absent: it stands upright where it is. */
  readonly sensors: Readonly<Record<string, Float64Array>> | undefined;
  /** Its own clock, ns. */
  readonly nowNs: bigint;
}

const UPRIGHT = Float64Array.of(1, 0, 0, 0);
const NOTHING = new Float64Array(3);
const GRAVITY = 9.81;
/** °C and V of a healthy machine. */
const [CELSIUS, VOLTS] = [30, 29];
const PARTS: readonly string[] = TWIST_PARTS;

/** The other way round than the robot has them, as machines do. */
export function jointState({ names, position, velocity, effort, nowNs }: Body): JointState {
  return {
    header: { stamp: timeOf(nowNs), frame_id: "" },
    name: names.toReversed(),
    position: position.toReversed(),
    velocity: position.map((_, joint) => velocity(joint)).toReversed(),
    effort: position.map((_, joint) => effort(joint)).toReversed(),
  };
}

/** Its accelerometer feels gravity alone. */
export function lowState({ names, position, velocity, effort, sensors, nowNs }: Body): LowState {
  const { orientation = UPRIGHT, gyro = NOTHING } = sensors ?? {};
  const motor = (slot: number): MotorState => {
    const joint = names.indexOf(GO2_MOTORS[slot] ?? "");
    const still = { mode: 1, q: 0, dq: 0, tau_est: 0, temperature: CELSIUS };
    if (joint < 0) return still;
    return { ...still, q: position[joint]!, dq: velocity(joint), tau_est: effort(joint) };
  };
  return {
    imu_state: {
      quaternion: Float32Array.from(orientation),
      gyroscope: Float32Array.from(gyro),
      accelerometer: Float32Array.from(inBody(orientation, [0, 0, GRAVITY])),
    },
    motor_state: Array.from({ length: MOTOR_SLOTS }, (_, slot) => motor(slot)),
    foot_force: new Int16Array(4),
    tick: Number(nowNs / 1_000_000n) >>> 0,
    power_v: VOLTS,
    power_a: 1,
  };
}

/** Of a machine that floats: where it is, and in its own frame how fast. */
export function odometry({ sensors = {}, nowNs }: Body): Odometry {
  const { position = NOTHING, orientation = UPRIGHT, velocity = NOTHING, gyro = NOTHING } = sensors;
  const linear = inBody(orientation, [velocity[0]!, velocity[1]!, velocity[2]!]);
  return odometryOf(nowNs, position, orientation, linear, gyro);
}

/** Of a base, whose joints are its speeds. */
export function baseOdometry({ names, position, nowNs }: Body): Odometry {
  const speeds = new Float64Array(TWIST_PARTS.length);
  names.forEach((name, joint) => {
    speeds[PARTS.indexOf(name)] = position[joint]!;
  });
  return odometryOf(nowNs, NOTHING, UPRIGHT, speeds.subarray(0, 3), speeds.subarray(3));
}

function odometryOf(
  nowNs: bigint,
  position: ArrayLike<number>,
  orientation: ArrayLike<number>,
  linear: ArrayLike<number>,
  angular: ArrayLike<number>,
): Odometry {
  const covariance = new Float64Array(36);
  return {
    header: { stamp: timeOf(nowNs), frame_id: "odom" },
    child_frame_id: "base_link",
    pose: { pose: { position: vector(position), orientation: quaternion(orientation) }, covariance },
    twist: { twist: { linear: vector(linear), angular: vector(angular) }, covariance },
  };
}

/** A vector of the world in the frame of a body that is turned so. */
function inBody(orientation: ArrayLike<number>, of: readonly [number, number, number]): [number, number, number] {
  const { w, x, y, z } = quaternion(orientation);
  return turned({ w, x: -x, y: -y, z: -z }, of);
}

function timeOf(ns: bigint): Time {
  return { sec: Number(ns / 1_000_000_000n), nanosec: Number(ns % 1_000_000_000n) };
}

function vector(of: ArrayLike<number>): Vector3 {
  return { x: of[0]!, y: of[1]!, z: of[2]! };
}

function quaternion(of: ArrayLike<number>): Quaternion {
  return { w: of[0]!, x: of[1]!, y: of[2]!, z: of[3]! };
}
