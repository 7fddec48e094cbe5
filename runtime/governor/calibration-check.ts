import type { Driver, RobotSpec } from "../robot.ts";

/** Throws where a driver carries the robot with another calibration than its schema, and so its policies, speak of. */
export function assertCalibration({ name, calibration = "" }: RobotSpec, { calibrationHash }: Driver): void {
  if (!calibrationHash || calibrationHash === calibration) return;
  throw new Error(
    `${name}: expected the calibration "${calibration}", found "${calibrationHash}": it changed; start anew, and what was learned before is for the old one`,
  );
}
