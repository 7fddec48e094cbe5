import { loadRobot, robotNames } from "../../robots/catalogue.ts";
import type { RobotDefinition } from "../../robots/definition.ts";
import { RUNTIME_DEFAULTS, type RuntimeConfig } from "../defaults.ts";
import { type StepSchema, stepSchema } from "../step.ts";
import { schemaDifferences } from "../wire/schema-difference.ts";
import { Controls } from "./keyboard/controls.ts";
import { UsageError } from "./usage-error.ts";

/** What people can order a robot with these settings. */
export function controlsFor(definition: RobotDefinition): Controls {
  const { gestures = [], settings } = definition;
  return new Controls({ gestures, actionSize: definition.task(settings).action.length });
}

/** The settings of a robot's side. */
export interface RobotSettings {
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

export function robotDefaults(robot: string, { settings }: RobotDefinition): RobotSettings {
  return { robot, driver: "sim", seed: 0, clock: "realtime", task: settings, runtime: RUNTIME_DEFAULTS };
}

/**
 * Checks what the robot makes of its settings. Throws on one it refuses, and where a run that goes on would get another
 * observation or action than it has recorded and learned from.
 */
export function checkTask(definition: RobotDefinition, now: RobotSettings, before: RobotSettings | undefined): void {
  const schema = schemaOf(definition, now);
  if (before === undefined) return;
  const [difference] = schemaDifferences(schemaOf(definition, before), schema);
  if (difference !== undefined) throw new Error(`task: ${difference}; --run <dir> starts another run`);
}

function schemaOf(definition: RobotDefinition, { driver, task }: RobotSettings): StepSchema {
  try {
    if (driver === "sim") definition.simulation(task);
    return stepSchema(definition.spec, definition.task(task));
  } catch (error) {
    throw new Error(`task.${(error as Error).message}`);
  }
}
