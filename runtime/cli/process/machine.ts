import { SeeingDriver } from "../../../drivers/camera/seeing-driver.ts";
import type { SimDriver } from "../../../drivers/sim/sim-driver.ts";
import { loadRobot } from "../../../robots/catalogue.ts";
import type { Clock } from "../../clock.ts";
import type { SupervisorConfig } from "../../ipc.ts";
import type { Driver, RobotSpec } from "../../robot.ts";
import { type StepSchema, stepSchema } from "../../step.ts";
import type { Task } from "../../task.ts";
import { carriedSpec, makeDriver } from "../drivers.ts";
import { traceMotors } from "./motor-trace.ts";
import { traceSamples } from "./sample-trace.ts";
import { blockable } from "./test-faults.ts";

/** A robot with its task and settings, ready to be opened by a driver. */
export interface Machine {
  readonly spec: RobotSpec;
  readonly task: Task;
  readonly schema: StepSchema;
  /** Made, not opened. `report` gets lines for a person. */
  driver(clock: Clock, report: (line: string) => void): Promise<Driver>;
}

/** Throws on an unknown robot, on settings out of their range, and where it needs a calibration and has none. */
export async function loadMachine(config: SupervisorConfig): Promise<Machine> {
  const definition = await loadRobot(config.robot);
  const settings = { ...definition.settings, ...config.task };
  const task = definition.task(settings);
  const spec = carriedSpec(definition, config);
  return {
    spec,
    task,
    schema: stepSchema(spec, task),
    driver: async (clock, report) =>
      blockable(traceSamples(traceMotors(await makeDriver(definition, { ...config, task: settings }, clock, report)))),
  };
}

/** The simulation that a driver carries, which can keep the machine's state between two runs; undefined where it is none. */
export function simulationIn(driver: Driver): SimDriver | undefined {
  const carrier = driver instanceof SeeingDriver ? driver.carrier : driver;
  return "snapshot" in carrier && "restore" in carrier ? (carrier as SimDriver) : undefined;
}
