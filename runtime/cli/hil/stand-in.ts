import { join } from "node:path";
import { saveCalibration } from "../../../calibration/file.ts";
import type { MachineProcess, Seen } from "../../../drivers/mock/machine-process.ts";
import { mountedRobot } from "../../../drivers/mock/mounting.ts";
import { startEmulator } from "../../../drivers/mock/start-emulator.ts";
import { startRosMachine } from "../../../drivers/ros2/mock/start-machine.ts";
import type { RobotDefinition } from "../../../robots/definition.ts";
import { serialOf } from "../drivers.ts";
import { rosMachine } from "../emulated-ros2.ts";
import { robotDefaults } from "../robot-settings.ts";
import { resolveSettings } from "../settings.ts";
import { HIL_DEFAULTS, type MachineFault, type Scenario } from "./scenario.ts";

/** What stands in for the hardware of a robot. */
export interface StandIn {
  /** What the robot's command has to be told to find it. */
  readonly flags: readonly string[];
  /** From now on; resolves to that moment, monotonic ns. Throws where this cannot go wrong so. */
  inject(faults: readonly MachineFault["machine"][]): Promise<bigint>;
  seen(): Promise<Seen>;
  close(): Promise<unknown>;
}

/**
 * An emulated machine in a process of its own, behind the driver that a real one has: servos on a bus, or rosbridge with a
 * robot behind it; or the robot's simulation, which cannot fail.
 */
export async function standInFor(
  definition: RobotDefinition,
  scenario: Pick<Scenario, "seed" | "settings">,
  folder: string,
  truth: string,
): Promise<StandIn> {
  if (definition.serial !== undefined) return servosFor(definition, scenario.seed, folder, truth);
  if (definition.ros2 !== undefined) return rosbridgeFor(definition, scenario, truth);
  const { name } = definition.spec;
  return {
    flags: ["--driver=sim"],
    inject: async (faults) => {
      if (faults.length === 0) return process.hrtime.bigint();
      throw new Error(
        `${name}: expected faults of processes and network alone, found ${faults[0]!.kind}: it is simulated`,
      );
    },
    seen: async () => ({ beyondLimits: 0, faults: {} }),
    close: async () => {},
  };
}

async function servosFor(definition: RobotDefinition, seed: number, folder: string, truth: string): Promise<StandIn> {
  const { spec } = definition;
  const { joints, name } = spec;
  const serial = serialOf(definition);
  const { servos, calibration } = mountedRobot(spec, serial, HIL_DEFAULTS.mounting);
  const emulator = await startEmulator({
    kind: serial.family,
    servos,
    plant: { robot: { name, joints }, model: definition.simulation(definition.settings) },
    faults: [],
    seed,
    pacedBaud: serial.baud,
    baud: serial.baud,
    witness: { path: truth, limits: joints },
  });
  const file = join(folder, "calibration.json");
  saveCalibration(calibration, file);
  const flags = [
    ...["--driver=serial", `--serial.port=${emulator.port}`, `--serial.calibration=${file}`],
    `--serial.slackMs=${HIL_DEFAULTS.slackMs}`,
  ];
  return standIn(flags, emulator);
}

async function rosbridgeFor(
  definition: RobotDefinition,
  { seed, settings }: Pick<Scenario, "seed" | "settings">,
  truth: string,
): Promise<StandIn> {
  const { name, joints } = definition.spec;
  const typed = Object.entries(settings).filter(([key]) => !key.startsWith("learner."));
  const resolved = resolveSettings(robotDefaults(name, definition), undefined, typed, name).settings;
  const machine = await startRosMachine({
    ...rosMachine(definition, resolved),
    ...{ faults: [], seed, witness: { path: truth, limits: joints } },
  });
  return standIn(["--driver=ros2", `--ros2.url=${machine.url}`], machine);
}

/** The scenario's faults were read as those of this machine. */
function standIn<F extends MachineFault["machine"]>(flags: readonly string[], machine: MachineProcess<F>): StandIn {
  return {
    flags,
    inject: (faults) => machine.inject(faults as readonly F[]),
    seen: machine.seen,
    close: () => {
      machine.kill();
      return machine.ended;
    },
  };
}
