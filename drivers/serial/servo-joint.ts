import type { JointUnits } from "../../calibration/joint.ts";
import type { Setting } from "./servo-family.ts";

/** A joint as its servo sees it: what calibration measured of it, and what its servo is to be set to. */
export interface ServoJoint extends JointUnits {
  /** Number of the model it was calibrated with; absent: any that the family knows. */
  readonly model?: number;
  /** N·m of one unit of load. */
  readonly effortPerLoad: number;
  /** A of one unit of load, where that is a current. */
  readonly currentPerLoad?: number;
  /** Registers that this joint wants otherwise than its family: gains, torque limits. */
  readonly settings?: readonly Setting[];
}
