import type { Cause, EndState, RobotSpec } from "../robot.ts";

/**
 * The end state for a cause: what the robot says for it, else its general one, and then never letting go of a machine
 * that is away from its rest pose where the robot forbids that. What is said for a cause is meant: a motor that burns is
 * let go.
 */
export function endStateFor(spec: RobotSpec, cause: Cause, position?: ArrayLike<number>): EndState {
  const meant = spec.endStates?.[cause];
  if (meant !== undefined) return meant;
  const { endState, limpWithin, restPose } = spec;
  if (endState !== "limp" || limpWithin === undefined || position === undefined) return endState;
  return restPose.every((rest, i) => Math.abs(position[i]! - rest) <= limpWithin) ? "limp" : "hold";
}
