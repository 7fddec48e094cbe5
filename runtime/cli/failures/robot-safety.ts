import type { RobotDefinition } from "../../../robots/definition.ts";
import { safetyPage } from "../../governor/safety-page.ts";
import type { RobotSettings } from "../robot-settings.ts";
import { measuredPath, readMeasured } from "./measured-file.ts";
import { measuredTable } from "./measured-page.ts";

/** The safety page of a robot with these settings, and what was measured of it on this computer. */
export function robotSafety({ spec, task }: RobotDefinition, { robot, runtime, ...settings }: RobotSettings): string[] {
  const rows = readMeasured(measuredPath(robot), robot);
  return safetyPage(spec, task(settings.task), runtime, measuredTable(rows));
}
