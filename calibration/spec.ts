import type { RobotSpec } from "../runtime/robot.ts";
import { type Calibration, calibrationHash, jointsOf } from "./file.ts";
import { jointUnits } from "./joint.ts";

/**
 * A robot as the very machine that was calibrated: no limit is wider than what its joint was measured to reach, and its hash
 * is in the schema of what it records and learns. Throws where a joint was not calibrated, or elsewhere than the limits are.
 */
export function calibratedSpec(spec: RobotSpec, calibration: Calibration): RobotSpec {
  const measured = jointsOf(
    calibration,
    spec.joints.map(({ name }) => name),
  ).map(jointUnits);
  const joints = spec.joints.map((joint, i) => {
    const [min, max] = [Math.max(joint.min, measured[i]!.min), Math.min(joint.max, measured[i]!.max)];
    if (min < max) return { ...joint, min, max };
    throw new Error(
      `${spec.name}: ${joint.name}: expected it to reach some of ${joint.min} to ${joint.max} rad, found ` +
        `${measured[i]!.min.toFixed(3)} to ${measured[i]!.max.toFixed(3)} rad in its calibration; calibrate it anew: reverie calibrate ${spec.name}`,
    );
  });
  return { ...spec, joints, calibration: calibrationHash(calibration) };
}

/** A robot that knows its joints by itself, with how its IMU was measured to sit: the calibration is part of its identity. */
export function mountedSpec(spec: RobotSpec, calibration: Calibration): RobotSpec {
  return { ...spec, calibration: calibrationHash(calibration) };
}
