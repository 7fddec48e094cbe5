import type { SimDriver } from "../../../drivers/sim/sim-driver.ts";
import { loadRobot } from "../../../robots/catalogue.ts";
import type { Clock } from "../../clock.ts";
import type { SupervisorConfig } from "../../ipc.ts";
import type { Driver, RobotSpec } from "../../robot.ts";
import { type StepSchema, stepSchema } from "../../step.ts";
import type { Task } from "../../task.ts";
import { traceMotors } from "./motor-trace.ts";
import { blockable } from "./test-faults.ts";

/** A robot with its task and settings, ready to be opened by a driver. */
export interface Machine {
  readonly spec: RobotSpec;
  readonly task: Task;
  readonly schema: StepSchema;
  /** Made, not opened. Throws on a driver that does not exist. */
  driver(clock: Clock): Promise<Driver>;
}

/** Throws on an unknown robot and on settings out of their range. */
export async function loadMachine(config: SupervisorConfig): Promise<Machine> {
  const definition = await loadRobot(config.robot);
  const settings = { ...definition.settings, ...config.task };
  const task = definition.task(settings);
  return {
    spec: definition.spec,
    task,
    schema: stepSchema(definition.spec, task),
    driver: async (clock) => {
      if (config.driver !== "sim") throw new Error(`driver: no "${config.driver}"; here there is sim`);
      const { SimDriver } = await import("../../../drivers/sim/sim-driver.ts");
      const sim = new SimDriver(definition.spec, definition.simulation(settings), clock, config.runtime.sim);
      return blockable(traceMotors(sim));
    },
  };
}

/** Whether a driver can keep the machine's state between two runs. */
export function isSimulated(driver: Driver): driver is SimDriver {
  return "snapshot" in driver && "restore" in driver;
}
