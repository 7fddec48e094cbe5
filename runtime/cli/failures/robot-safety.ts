import type { RobotDefinition } from "../../../robots/definition.ts";
import { safetyPage } from "../../governor/safety-page.ts";
import { carriedSpec } from "../drivers.ts";
import type { RobotSettings } from "../robot-settings.ts";
import { measuredPath, readMeasured } from "./measured-file.ts";
import { measuredTable } from "./measured-page.ts";

/** The safety page of a robot with these settings, and what was measured of it on this computer. */
export function robotSafety(definition: RobotDefinition, settings: RobotSettings): string[] {
  const { robot, runtime } = settings;
  const rows = readMeasured(measuredPath(robot), robot);
  return safetyPage(carriedSpec(definition, settings), definition.task(settings.task), runtime, measuredTable(rows));
}
