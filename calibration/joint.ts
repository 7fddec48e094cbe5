/** What was measured of one joint on one machine. Counts are the servo's own positions, its homing offset included. */
export interface JointCalibration {
  readonly name: string;
  /** Of the servo on its bus. */
  readonly id: number;
  readonly model: number;
  /** As the servo said, a number; absent: nobody asked. */
  readonly firmware?: number;
  readonly countsPerTurn: number;
  /** Counts at 0 rad. */
  readonly zero: number;
  /** +1 when counts rise with the angle, −1 when they fall. */
  readonly direction: 1 | -1;
  /** Smallest and largest counts the joint can reach. */
  readonly min: number;
  readonly max: number;
  /** What the servo itself adds or takes away, counts; null for a servo that cannot. */
  readonly homingOffset: number | null;
  /** `min` and `max` were written into the servo too, which then goes no farther by itself; absent: they were not. */
  readonly stored?: true;
}

/** A joint in both units. */
export interface JointUnits {
  readonly id: number;
  readonly direction: 1 | -1;
  /** rad */
  readonly min: number;
  readonly max: number;
  readonly homingOffset?: number;
  readonly firmware?: number;
  /** What the servo's own limits were set to, counts; absent: nobody set them. */
  readonly stored?: { readonly min: number; readonly max: number };
  toRadians(counts: number): number;
  /** Whole counts within the calibrated range. A number that is not finite throws. */
  toCounts(radians: number): number;
}

export function toRadians({ zero, direction, countsPerTurn }: JointCalibration, counts: number): number {
  return (direction * (counts - zero) * 2 * Math.PI) / countsPerTurn;
}

/** Inverse of `toRadians` to the next whole count, within the calibrated range. */
export function toCounts(joint: JointCalibration, radians: number): number {
  if (!Number.isFinite(radians)) throw new Error(`${joint.name}: expected a finite angle, found ${radians}`);
  const counts = Math.round(joint.zero + (joint.direction * radians * joint.countsPerTurn) / (2 * Math.PI));
  return Math.min(joint.max, Math.max(joint.min, counts));
}

export function jointUnits(joint: JointCalibration): JointUnits {
  const { id, direction, homingOffset, firmware, stored } = joint;
  const ends = [toRadians(joint, joint.min), toRadians(joint, joint.max)];
  return {
    id,
    direction,
    min: Math.min(...ends),
    max: Math.max(...ends),
    ...(homingOffset !== null && { homingOffset }),
    ...(firmware !== undefined && { firmware }),
    ...(stored && { stored: { min: joint.min, max: joint.max } }),
    toRadians: (counts) => toRadians(joint, counts),
    toCounts: (radians) => toCounts(joint, radians),
  };
}
