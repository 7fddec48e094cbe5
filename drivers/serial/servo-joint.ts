import type { Setting } from "./servo-family.ts";

/** A joint as its servo sees it: where counts become rad. Calibration makes these. */
export interface ServoJoint {
  /** Of the servo on the bus. */
  readonly id: number;
  /** +1 when counts rise with the angle, −1 when they fall. */
  readonly direction: 1 | -1;
  /** What calibration measured that the joint can reach, rad. */
  readonly min: number;
  readonly max: number;
  toRadians(counts: number): number;
  /** Whole counts, within the calibrated range. */
  toCounts(radians: number): number;
  /** What the servo's own offset was at calibration, counts; another one now makes every position wrong. */
  readonly homingOffset?: number;
  /** N·m of one unit of load. */
  readonly effortPerLoad: number;
  /** A of one unit of load, where that is a current. */
  readonly currentPerLoad?: number;
  /** Registers that this joint wants otherwise than its family: gains, torque limits. */
  readonly settings?: readonly Setting[];
}
