/** Third row and first column of a body-to-world rotation: what a quadruped's task needs of it. */
export interface Attitude {
  /** World's up in the body's frame: (R20, R21, R22). R22 is 1 upright, −1 on the back. */
  readonly up: readonly [number, number, number];
  /** The body's forward axis on the ground: (R00, R10), not normalised. */
  readonly heading: readonly [number, number];
}

/** From a unit quaternion w x y z, body to world. */
export function attitude(quaternion: ArrayLike<number>): Attitude {
  const [w, x, y, z] = [quaternion[0]!, quaternion[1]!, quaternion[2]!, quaternion[3]!];
  return {
    up: [2 * (x * z - w * y), 2 * (y * z + w * x), 1 - 2 * (x * x + y * y)],
    heading: [1 - 2 * (y * y + z * z), 2 * (x * y + w * z)],
  };
}

/** rad, about the body's x and y axes (Z-Y-X Euler angles). */
export function rollPitch({ up }: Attitude): readonly [number, number] {
  return [Math.atan2(up[1], up[2]), Math.asin(Math.min(1, Math.max(-1, -up[0])))];
}

/** The same angle in [−π, π). */
export function wrapAngle(angle: number): number {
  return angle - 2 * Math.PI * Math.floor((angle + Math.PI) / (2 * Math.PI));
}
