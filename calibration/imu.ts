import type { ImuSettings } from "./defaults.ts";
import { unitQuaternion, vector } from "./numbers.ts";
import { cross, dot, type Quaternion, quaternionOfRows, unit, type Vector } from "./rotation.ts";

/** How an IMU sits in its robot, and what it says at rest. */
export interface ImuCalibration {
  /** Turns the IMU's axes into the body's (x to the front, y to the left, z up): unit quaternion w x y z. */
  readonly mounting: Quaternion;
  /** rad/s, in the IMU's axes; taken away. */
  readonly gyroBias: Vector;
}

export function orderedImu({ mounting, gyroBias }: ImuCalibration): ImuCalibration {
  return { mounting, gyroBias };
}

export function parseImu(value: unknown, fail: (what: string) => never): ImuCalibration {
  const { mounting, gyroBias } = (value ?? {}) as Record<string, unknown>;
  return {
    mounting: unitQuaternion(mounting, "imu.mounting", fail),
    gyroBias: vector(gyroBias, "imu.gyroBias", fail),
  };
}

/** What an IMU said over a while in one pose: means, and how much the gyroscope varied. In its own axes. */
export interface ImuPose {
  /** m/s², gravity's reaction. */
  readonly up: Vector;
  /** rad/s */
  readonly rate: Vector;
  readonly spread: Vector;
}

/** Means over samples of one pose. Throws on fewer than 3. */
export function imuPose(samples: readonly { readonly acceleration: Vector; readonly rate: Vector }[]): ImuPose {
  if (samples.length < 3) throw new Error(`imu: expected 3 samples or more of a pose, found ${samples.length}`);
  const mean = (of: (sample: (typeof samples)[number]) => Vector): Vector =>
    [0, 1, 2].map((k) => samples.reduce((sum, each) => sum + of(each)[k]!, 0) / samples.length) as unknown as Vector;
  const rate = mean((each) => each.rate);
  const variance = mean((each) => each.rate.map((value, k) => (value - rate[k]!) ** 2) as unknown as Vector);
  return { up: mean((each) => each.acceleration), rate, spread: variance.map(Math.sqrt) as unknown as Vector };
}

/** Throws when it was not still, or measures no gravity. */
export function assertStill({ up, spread }: ImuPose, { still, gravityTolerance }: ImuSettings): void {
  const most = Math.max(...spread);
  if (most > still)
    throw new Error(`imu: expected it at rest, below ${still} rad/s, found ${most.toFixed(3)}; hold it still`);
  const gravity = Math.hypot(...up);
  if (Math.abs(gravity - 9.81) <= gravityTolerance) return;
  throw new Error(
    `imu: expected gravity of 9.81 m/s² within ${gravityTolerance}, found ${gravity.toFixed(2)}; its accelerometer is off, or its unit another`,
  );
}

/**
 * How it is mounted, from three poses: level; the front tilted down; the left side tilted down. Level gives the body's z, each
 * tilt one of the others; they have to make a right-handed whole. Throws where they do not, saying which pose to repeat.
 */
export function imuMounting(
  level: ImuPose,
  frontDown: ImuPose,
  leftDown: ImuPose,
  settings: ImuSettings,
): ImuCalibration {
  const z = unit(level.up);
  const x = tiltAxis(z, frontDown, "the front down", settings);
  const y = tiltAxis(z, leftDown, "the left side down", settings);
  const should = cross(z, x);
  const apart = Math.acos(Math.min(1, Math.max(-1, dot(should, y))));
  if (apart > settings.disagreement) {
    const swapped = Math.PI - apart <= settings.disagreement ? ": one of them was tilted to the other side" : "";
    throw new Error(
      `imu: expected the two tilts at right angles, found them ${apart.toFixed(2)} rad off${swapped}; tilt about one axis at a time`,
    );
  }
  // Both tilts tell of the same turn about z: half of the difference to each.
  const left = unit([should[0] + y[0], should[1] + y[1], should[2] + y[2]]);
  return { mounting: quaternionOfRows(cross(left, z), left, z), gyroBias: level.rate };
}

/** Where the tilted side points, in the IMU's axes: up moves away from what goes down. */
function tiltAxis(z: Vector, pose: ImuPose, what: string, { tiltMin, tiltMax }: ImuSettings): Vector {
  const up = unit(pose.up);
  const tilt = Math.acos(Math.min(1, dot(z, up)));
  if (tilt < tiltMin || tilt > tiltMax) {
    throw new Error(
      `imu: expected ${what} by ${tiltMin} to ${tiltMax} rad, found ${tilt.toFixed(2)}; tilt it ${tilt < tiltMin ? "more" : "less"}`,
    );
  }
  const along = dot(z, up);
  return unit([along * z[0] - up[0], along * z[1] - up[1], along * z[2] - up[2]]);
}

/** A vector of the IMU in the body's axes. */
export function toBody({ mounting: [w, x, y, z] }: ImuCalibration, [a, b, c]: Vector): Vector {
  const t: Vector = [2 * (y * c - z * b), 2 * (z * a - x * c), 2 * (x * b - y * a)];
  return [a + w * t[0] + y * t[2] - z * t[1], b + w * t[1] + z * t[0] - x * t[2], c + w * t[2] + x * t[1] - y * t[0]];
}

/** An angular velocity of the IMU, without its bias, in the body's axes. */
export function bodyRate(imu: ImuCalibration, rate: Vector): Vector {
  const [x, y, z] = imu.gyroBias;
  return toBody(imu, [rate[0] - x, rate[1] - y, rate[2] - z]);
}

/** How the body is turned (unit quaternion, body to world) when its IMU says that it is turned so, IMU to world. */
export function bodyOrientation({ mounting: [a, b, c, d] }: ImuCalibration, [w, x, y, z]: Quaternion): Quaternion {
  // times the mounting's inverse, which turns the body's axes into the IMU's
  return [
    w * a + x * b + y * c + z * d,
    x * a - w * b - y * d + z * c,
    y * a - w * c - z * b + x * d,
    z * a - w * d - x * c + y * b,
  ];
}
