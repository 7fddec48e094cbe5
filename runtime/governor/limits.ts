import type { JointSpec } from "../robot.ts";

/** A target that must not reach a motor, or a measurement that cannot be limited against. */
export class RefusedTarget extends Error {}

/**
 * The last code before the motors. In place: each target to within `maxPositionError` (rad) of the measured position, then
 * into the joint's hard limits. A number that is not finite is refused, never clamped.
 */
export function limitTargets(
  target: Float64Array,
  measured: ArrayLike<number>,
  joints: readonly JointSpec[],
  maxPositionError: number,
): void {
  if (target.length !== joints.length || measured.length !== joints.length) {
    throw new RefusedTarget(
      `limits: expected ${joints.length} joints, found ${target.length} targets and ${measured.length} positions`,
    );
  }
  for (let i = 0; i < joints.length; i++) {
    const { name, min, max } = joints[i]!;
    const position = measured[i]!;
    if (!Number.isFinite(target[i]))
      throw new RefusedTarget(`limits: ${name}: expected a finite target, found ${target[i]}`);
    if (!Number.isFinite(position)) {
      throw new RefusedTarget(`limits: ${name}: expected a finite measured position, found ${position}`);
    }
    const near = Math.min(Math.max(target[i]!, position - maxPositionError), position + maxPositionError);
    target[i] = Math.min(Math.max(near, min), max);
  }
}
