import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { mountedRobot } from "../../drivers/mock/mounting.ts";
import type { ServeConfig } from "../../drivers/mock/serve.ts";
import { hasSocat } from "../../drivers/mock/serve-pty.ts";
import { type Emulator, startEmulator } from "../../drivers/mock/start-emulator.ts";
import type { RobotDefinition } from "../../robots/definition.ts";
import { serialOf } from "./drivers.ts";
import { type EmulatedMachine, emulatedPart } from "./emulated-part.ts";
import type { RobotSettings } from "./robot-settings.ts";

/** A robot's servos, emulated byte for byte, with its joints in MuJoCo behind them. */
export function emulatedServos(definition: RobotDefinition, settings: RobotSettings): EmulatedMachine {
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
  const clean = (): void => rmSync(folder, { recursive: true, force: true });
  return { part: emulatedPart(start, clean), reached: () => ({ serial: { ...serial, port } }) };
}
