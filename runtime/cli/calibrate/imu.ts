import { saveCalibration } from "../../../calibration/file.ts";
import { measureImu } from "../../../calibration/imu-poses.ts";
import type { RobotDefinition } from "../../../robots/definition.ts";
import { RealtimeClock } from "../../clock.ts";
import { assertDriver, assertReachable, carriedSpec, unmountedDriver } from "../drivers.ts";
import { type CalibrateCommand, existing, pathOf } from "./settings.ts";
import { TerminalAttendant } from "./terminal.ts";

/** How a robot's IMU sits; reads it alone and moves nothing. */
export async function imu(definition: RobotDefinition, settings: CalibrateCommand, yes: boolean): Promise<number> {
  assertDriver(definition, settings);
  assertReachable(definition, settings);
  const spec = carriedSpec(definition, settings);
  if (spec.imu?.linearAcceleration === undefined) {
    throw new Error(
      `${spec.name}: expected an IMU that measures acceleration, found ${spec.imu ? "one that does not" : "none"}`,
    );
  }
  const clock = new RealtimeClock();
  const attendant = new TerminalAttendant(yes);
  const driver = await unmountedDriver(definition, settings, clock, (line) => attendant.say(line));
  try {
    await driver.prepare?.();
    await driver.open();
    const { signal } = attendant;
    const found = await measureImu({ driver, spec, attendant, clock, settings: settings.calibrate.imu, signal });
    const none = { robot: spec.name, serials: [], method: "imu", joints: [] };
    const before = existing(settings) ?? { ...none, created: new Date().toISOString() };
    saveCalibration({ ...before, imu: found }, pathOf(settings));
    attendant.say(`Mounting ${found.mounting.map((each) => each.toFixed(3)).join(" ")} (w x y z), gyroscope at rest`);
    attendant.say(`${found.gyroBias.map((each) => each.toFixed(4)).join(" ")} rad/s. Kept in ${pathOf(settings)}.`);
    return 0;
  } finally {
    await driver.close();
    await attendant.close();
  }
}
