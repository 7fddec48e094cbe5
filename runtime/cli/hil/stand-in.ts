import { join } from "node:path";
import { saveCalibration } from "../../../calibration/file.ts";
import type { Fault } from "../../../drivers/mock/faults.ts";
import type { Seen } from "../../../drivers/mock/machine-process.ts";
import { mountedRobot } from "../../../drivers/mock/mounting.ts";
import { startEmulator } from "../../../drivers/mock/start-emulator.ts";
import type { RobotDefinition } from "../../../robots/definition.ts";
import { HIL_DEFAULTS, type Scenario } from "./scenario.ts";

/** What stands in for the hardware of a robot. */
export interface StandIn {
  /** What the robot's command has to be told to find it. */
  readonly flags: readonly string[];
  /** From now on; resolves to that moment, monotonic ns. Throws where this cannot go wrong so. */
  inject(faults: readonly Fault[]): Promise<bigint>;
  seen(): Promise<Seen>;
  close(): Promise<unknown>;
}

/** Emulated servos in a process of their own, behind the driver that real ones have; or the robot's simulation, which cannot fail. */
export async function standInFor(
  definition: RobotDefinition,
  { seed }: Pick<Scenario, "seed">,
  folder: string,
  truth: string,
): Promise<StandIn> {
  const { spec, serial } = definition;
  const { joints, name } = spec;
  if (serial === undefined) {
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
  return {
    flags: [
      ...["--driver=serial", `--serial.port=${emulator.port}`, `--serial.calibration=${file}`],
      `--serial.slackMs=${HIL_DEFAULTS.slackMs}`,
    ],
    inject: emulator.inject,
    seen: emulator.seen,
    close: () => {
      emulator.kill();
      return emulator.ended;
    },
  };
}
