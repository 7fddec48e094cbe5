import type { Fault } from "./faults.ts";
import { type MachineProcess, startMachineProcess } from "./machine-process.ts";
import type { ServeConfig, Served, ServoLook } from "./serve.ts";

export interface Emulator extends Served, MachineProcess<Fault> {
  /** Every servo's registers, without a byte on the bus. One at a time. */
  look(): Promise<readonly ServoLook[]>;
}

/**
 * Starts `main` next to this file as a process of its own, which Ctrl-C in a terminal does not reach. Throws with its reason
 * when it cannot serve.
 */
export async function startEmulator(config: ServeConfig): Promise<Emulator> {
  const process = await startMachineProcess<Served, Fault>(import.meta.url, "emulated bus", config);
  return { ...process, look: async () => (await process.ask<{ readonly look: readonly ServoLook[] }>("look")).look };
}
