import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { loadCalibration, saveCalibration } from "../../../calibration/file.ts";
import { fromLeRobot, type LeRobotServo, toLeRobot } from "../../../calibration/lerobot.ts";
import { FAMILIES } from "../../../drivers/serial/families.ts";
import type { RobotDefinition } from "../../../robots/definition.ts";
import { serialOf } from "../drivers.ts";
import { type CalibrateCommand, existing, pathOf } from "./settings.ts";

/** LeRobot's calibration of this robot becomes ours. What was there before is not written over. */
export function importLeRobot({ spec, serial }: RobotDefinition, settings: CalibrateCommand, from: string): number {
  const path = pathOf(settings);
  const before = existing(settings);
  if (before !== undefined && before.joints.length > 0) {
    throw new Error(
      `${path}: expected no calibration of joints there yet, found one; move it away, or say where with --serial.calibration=<file>`,
    );
  }
  const servos = servosOf({ spec, serial } as RobotDefinition);
  const imported = fromLeRobot(spec, servos, readFileSync(from, "utf8"), from, new Date().toISOString());
  saveCalibration({ ...before, ...imported }, path);
  console.log(`${spec.name}: ${imported.joints.length} joints from ${from}, kept in ${path}.`);
  console.log(`Zero is the middle of each range. See how true that is: reverie calibrate ${spec.name} --check`);
  return 0;
}

export function exportLeRobot(definition: RobotDefinition, settings: CalibrateCommand, to: string): number {
  const calibration = loadCalibration(definition.spec.name, pathOf(settings));
  const text = toLeRobot(calibration, servosOf(definition));
  if (existsSync(to)) throw new Error(`${to}: expected no file there yet, found one`);
  writeFileSync(to, text);
  console.log(`${to}: ${calibration.joints.length} joints, as LeRobot reads them.`);
  return 0;
}

function servosOf(definition: RobotDefinition): readonly LeRobotServo[] {
  const { family, servos } = serialOf(definition);
  const { countsPerTurn } = FAMILIES[family];
  return servos.map(({ id, model, direction = 1 }) => ({ id, model, countsPerTurn, direction }));
}
