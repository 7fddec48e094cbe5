import { saveCalibration } from "../../../calibration/file.ts";
import { type JointLatency, measureLatency } from "../../../calibration/latency.ts";
import type { RobotDefinition } from "../../../robots/definition.ts";
import { RealtimeClock } from "../../clock.ts";
import { assertDriver, assertReachable, carriedSpec, makeDriver } from "../drivers.ts";
import { type CalibrateCommand, existing, pathOf } from "./settings.ts";
import { TerminalAttendant } from "./terminal.ts";

/** How soon a command is seen to move each joint; kept with a machine's calibration. */
export async function latency(definition: RobotDefinition, settings: CalibrateCommand): Promise<number> {
  assertDriver(definition, settings);
  assertReachable(definition, settings);
  const spec = carriedSpec(definition, settings);
  const { flagMs } = settings.calibrate.latency;
  const attendant = new TerminalAttendant(true);
  const clock = new RealtimeClock();
  const driver = await makeDriver(definition, settings, clock, (line) => attendant.say(line));
  const onJoint = ({ joint, median, p90, trials }: JointLatency): void => {
    const flag =
      median > flagMs ? `  beyond ${flagMs} ms: look at the adapter's latency timer and the bus's speed` : "";
    attendant.say(`${joint}: median ${median.toFixed(1)} ms, p90 ${p90.toFixed(1)} ms, ${trials} steps${flag}`);
  };
  try {
    await driver.prepare?.();
    await driver.open();
    const { signal } = attendant;
    const found = await measureLatency({ driver, spec, clock, settings: settings.calibrate.latency, signal, onJoint });
    if (settings.driver === "serial") {
      saveCalibration({ ...existing(settings)!, latency: found }, pathOf(settings));
      attendant.say(`Kept in ${pathOf(settings)}.`);
    }
    return 0;
  } finally {
    await driver.close();
    await attendant.close();
  }
}
