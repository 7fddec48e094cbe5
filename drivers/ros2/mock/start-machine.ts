import { type MachineProcess, startMachineProcess } from "../../mock/machine-process.ts";
import type { RosFault } from "./faults.ts";
import type { RosMachineConfig } from "./serve-machine.ts";

export interface RosMachine extends MachineProcess<RosFault> {
  /** Of its rosbridge server, ws://127.0.0.1:port. */
  readonly url: string;
}

/** Starts `main` next to this file as a process of its own. Throws with its reason when it cannot serve. */
export function startRosMachine(config: RosMachineConfig): Promise<RosMachine> {
  return startMachineProcess<{ readonly url: string }, RosFault>(import.meta.url, "machine on ROS 2", config);
}
