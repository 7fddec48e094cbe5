import { resolve } from "node:path";
import type { Calibration } from "../../../calibration/file.ts";
import { calibrationPath, loadCalibration } from "../../../calibration/file.ts";
import type { RobotDefinition } from "../../../robots/definition.ts";
import { stepSchema } from "../../step.ts";
import type { RobotSettings } from "../robot-settings.ts";
import { imagesSeen, sightsOf } from "../sights.ts";
import type { Need, NeededRobot } from "./need.ts";

/** What was typed beside the robot and its settings. */
export interface Asked {
  readonly learner?: string | undefined;
  readonly keys?: string | undefined;
  readonly learnerName?: string | undefined;
  readonly run?: string | undefined;
}

/** What a person needs, from a robot with its settings or from settings alone. */
export function needOf(
  definition: RobotDefinition | undefined,
  settings: Pick<RobotSettings, "driver" | "serial" | "ros2" | "camera"> & {
    readonly task?: RobotDefinition["settings"];
  },
  { learner = "", keys, learnerName, run }: Asked,
): Need {
  const { driver, serial, ros2 } = settings;
  const bridge = definition?.ros2?.transport;
  return {
    driver,
    robot: definition === undefined ? undefined : robotOf(definition, settings),
    cameras: definition === undefined ? [] : sightsOf(definition, settings),
    port: serial.port,
    baud: serial.baud,
    slackMs: serial.slackMs,
    rosbridge: ros2.url !== "" ? ros2.url : bridge?.kind === "rosbridge" && driver === "ros2" ? bridge.url : "",
    learner,
    keys,
    learnerName,
    run: resolve(run ?? (definition === undefined ? "." : `runs/${definition.spec.name}`)),
    provider: "cpu",
  };
}

function robotOf(
  definition: RobotDefinition,
  looks: Pick<RobotSettings, "driver" | "serial" | "camera"> & { readonly task?: RobotDefinition["settings"] },
): NeededRobot {
  const { driver, serial, task } = looks;
  const images = imagesSeen(definition, looks);
  const spec = images === undefined ? definition.spec : { ...definition.spec, images };
  return {
    spec,
    serial: definition.serial,
    schema: stepSchema(spec, definition.task(task ?? definition.settings)),
    calibration: driver === "serial" ? found(spec.name, serial.calibration) : undefined,
  };
}

function found(robot: string, path: string): Calibration | Error {
  try {
    return loadCalibration(robot, path || calibrationPath(robot));
  } catch (error) {
    return error as Error;
  }
}
