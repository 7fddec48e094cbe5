import type { CameraSpec } from "./camera/viewpoint.ts";
import type { PushModel } from "./pushes.ts";

/** A machine as MuJoCo sees it. */
export interface SimModel {
  /**
   * MJCF. Every joint of the robot's spec is a hinge or slide of that name, moved by a `<motor>` of that name with gear 1
   * and no control range; its position gains, effort limit and velocity limit come from the spec.
   */
  readonly xml: string;
  /**
   * Name of the free joint the machine floats on; leave it out for one that is bolted down. With it every sample has the
   * sensors "position" (3, m, world), "orientation" (4, unit quaternion w x y z, body to world), "gyro" (3, rad/s, body)
   * and "velocity" (3, m/s, world, the mean over the last `velocityWindow` s).
   */
  readonly base?: string;
  /** Joint positions at start in MuJoCo's order (free joint: x y z, then quaternion w x y z). */
  readonly start: readonly number[];
  /** Time the base velocity is averaged over, s; before the start the machine counts as at rest. */
  readonly velocityWindow: number;
  /**
   * Joint speed from which a motor loses torque, rad/s; at the spec's velocity limit none is left. Only torque that
   * would speed the joint up further fades: a motor brakes at any speed.
   */
  readonly fullEffortVelocity: number;
  /** Random pushes of a machine that floats; leave it out for none. */
  readonly pushes?: PushModel;
  /** From where a person looks at it; by default from the side at what stands in the origin. */
  readonly camera?: CameraSpec;
}
