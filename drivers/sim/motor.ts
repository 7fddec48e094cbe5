import type { JointSpec } from "../../runtime/robot.ts";

/**
 * The torque a motor really gives, N·m, when asked for `effort` at joint speed `velocity` (rad/s). Within the joint's
 * effort limit; above `fullEffortVelocity` (rad/s) the limit in the direction of motion falls linearly, to 0 at the
 * joint's velocity limit. Braking torque keeps its full limit, as in a motor whose back-EMF opposes its supply.
 */
export function limitEffort(joint: JointSpec, fullEffortVelocity: number, effort: number, velocity: number): number {
  const left = (joint.velocityLimit - Math.abs(velocity)) / (joint.velocityLimit - fullEffortVelocity);
  const share = effort * velocity > 0 ? Math.min(1, Math.max(0, left)) : 1;
  const limit = joint.effortLimit * share;
  return Math.min(limit, Math.max(-limit, effort));
}
