import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { mountedRobot } from "../../drivers/mock/mounting.ts";
import type { ServeConfig } from "../../drivers/mock/serve.ts";
import { hasSocat } from "../../drivers/mock/serve-pty.ts";
import { type Emulator, startEmulator } from "../../drivers/mock/start-emulator.ts";
import type { RobotDefinition } from "../../robots/definition.ts";
import type { DriverSettings } from "../defaults.ts";
import { serialOf } from "./drivers.ts";
import type { Ending, KeeperOptions, Part } from "./keeper.ts";
import type { RobotSettings } from "./robot-settings.ts";

/** What stands in for a robot's servos, wires and joints. */
export interface EmulatedMachine {
  readonly part: Omit<KeeperOptions, "note">;
  /** How it is reached, once the part is ready. */
  readonly serial: () => DriverSettings["serial"];
}

/**
 * A robot's servos, emulated byte for byte, with its joints in MuJoCo behind them, in a process of its own: it outlives the
 * robot's processes as a machine does, and is reached in the same place when it is started again. Nothing is wrong with it:
 * whoever wants faults puts them into its `faults`.
 */
export function emulatedMachine(definition: RobotDefinition, settings: RobotSettings): EmulatedMachine {
  const { serial, mock, task } = settings;
  const { family, baud } = serialOf(definition);
  const { name, joints } = definition.spec;
  const machine: ServeConfig = {
    kind: family,
    servos: mountedRobot(definition.spec, serialOf(definition), mock.seed).servos,
    plant: { robot: { name, joints }, model: definition.simulation(task) },
    faults: [],
    seed: settings.seed,
    pacedBaud: serial.baud || baud,
  };
  const folder = mkdtempSync(join(tmpdir(), "reverie-mock-"));
  let port = "";
  const start = async (): Promise<Emulator> => {
    const pty = mock.carrier === "pty" || (mock.carrier === "auto" && (await hasSocat()));
    const tcpPort = port.startsWith("tcp://") ? { tcpPort: Number(port.split(":").at(-1)) } : {};
    const emulator = await startEmulator({ ...machine, ...(pty ? { pty: join(folder, "bus") } : tcpPort) });
    port = emulator.port;
    return emulator;
  };
  return {
    part: { name: "emulated machine", stopMs: 5000, start: () => partOf(start(), folder) },
    serial: () => ({ ...serial, port }),
  };
}

function partOf(starting: Promise<Emulator>, folder: string): Part {
  let stopping = false;
  const ended = starting.then(
    async (emulator): Promise<Ending> => {
      const how = await emulator.ended;
      if (stopping) rmSync(folder, { recursive: true, force: true });
      return { failure: stopping ? undefined : how, final: false };
    },
    (error: Error): Ending => ({ failure: error.message, final: true }),
  );
  const act = (what: "close" | "kill"): void => {
    stopping = true;
    void starting.then((emulator) => emulator[what]()).catch(() => {});
  };
  return {
    ready: new Promise((resolve) => void starting.then(() => resolve()).catch(() => {})),
    ended,
    stop: () => act("close"),
    kill: () => act("kill"),
  };
}
