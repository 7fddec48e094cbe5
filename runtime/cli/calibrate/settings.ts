import type { CalibrateSettings } from "../../../calibration/defaults.ts";
import { type Calibration, calibrationPath, findCalibration } from "../../../calibration/file.ts";
import type { RobotSettings } from "../robot-settings.ts";

export interface CalibrateCommand extends RobotSettings {
  readonly calibrate: CalibrateSettings;
}

/** Where this robot's calibration is kept. */
export function pathOf({ robot, serial }: RobotSettings): string {
  return serial.calibration || calibrationPath(robot);
}

/** The calibration that there is; undefined where there is no file. Throws on a damaged one, and on another robot's. */
export function existing(settings: RobotSettings): Calibration | undefined {
  return findCalibration(settings.robot, pathOf(settings));
}
