import { loadRobot, robotNames } from "../../robots/catalogue.ts";
import type { RobotDefinition } from "../../robots/definition.ts";
import {
  DRIVER_DEFAULTS,
  type DriverSettings,
  RUNTIME_DEFAULTS,
  type RuntimeConfig,
  SIGHT_DEFAULTS,
} from "../defaults.ts";
import { type StepSchema, stepSchema } from "../step.ts";
import { schemaDifferences } from "../wire/schema-difference.ts";
import { assertDriver, assertReachable, assertSensors, carriedSpec } from "./drivers.ts";
import { Controls } from "./keyboard/controls.ts";
import { assertSights } from "./sights.ts";
import { UsageError } from "./usage-error.ts";

/** What people can order a robot with these settings. */
export function controlsFor(definition: RobotDefinition): Controls {
  const { gestures = [], settings } = definition;
  return new Controls({ gestures, actionSize: definition.task(settings).action.length });
}

/** The settings of a robot's side. */
export interface RobotSettings extends DriverSettings {
  readonly robot: string;
  readonly driver: string;
  readonly seed: number;
  readonly clock: string;
  readonly task: RobotDefinition["settings"];
  readonly runtime: RuntimeConfig;
}

/** A robot by the name that was typed. */
export async function robotCalled(command: string, name: string): Promise<RobotDefinition> {
  if (!robotNames.includes(name)) {
    throw new UsageError(`${command}: expected <robot> to be one of ${robotNames.join(", ")}, found "${name}"`);
  }
  return loadRobot(name);
}

export function robotDefaults(robot: string, { settings, cameras = [] }: RobotDefinition): RobotSettings {
  return {
    robot,
    driver: "sim",
    seed: 0,
    clock: "realtime",
    task: settings,
    ...DRIVER_DEFAULTS,
    camera: Object.fromEntries(cameras.map(({ name }) => [name, SIGHT_DEFAULTS])),
    runtime: RUNTIME_DEFAULTS,
  };
}

/** As `checkTask`, for a start that moves the robot: throws too where nobody said where its servos are. */
export function checkRobot(definition: RobotDefinition, now: RobotSettings, before: RobotSettings | undefined): void {
  checkTask(definition, now, before);
  assertReachable(definition, now);
}

/**
 * Checks what the robot makes of its settings. Throws on one it refuses, on a driver that cannot carry it, where it needs a
 * calibration and has none, and where a run that goes on would get another observation, action or calibration than it has
 * recorded and learned from.
 */
export function checkTask(definition: RobotDefinition, now: RobotSettings, before: RobotSettings | undefined): void {
  assertDriver(definition, now);
  assertSensors(definition, now);
  assertSights(definition, now);
  const schema = schemaOf(definition, now);
  if (before === undefined) return;
  const [difference] = schemaDifferences(schemaOf(definition, before), schema);
  if (difference !== undefined) throw new Error(`task: ${difference}; --run <dir> starts another run`);
}

function schemaOf(definition: RobotDefinition, settings: RobotSettings): StepSchema {
  const spec = carriedSpec(definition, settings);
  const { driver, task } = settings;
  try {
    if (driver === "sim" || driver === "mock") definition.simulation(task);
    return stepSchema(spec, definition.task(task));
  } catch (error) {
    throw new Error(`task.${(error as Error).message}`);
  }
}
