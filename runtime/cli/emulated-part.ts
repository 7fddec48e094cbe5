import type { MachineProcess } from "../../drivers/mock/machine-process.ts";
import type { DriverSettings } from "../defaults.ts";
import type { Ending, KeeperOptions, Part } from "./keeper.ts";

/** What stands in for a robot's hardware. */
export interface EmulatedMachine {
  readonly part: Omit<KeeperOptions, "note">;
  /** Of a run's settings, those that say where it is, once the part is ready. */
  readonly reached: () => Partial<DriverSettings>;
}

type Process = Pick<MachineProcess<never>, "ended" | "close" | "kill">;

/** An emulated machine's process as a part of a run. `clean`: when it has ended as it was told. */
export function emulatedPart(start: () => Promise<Process>, clean: () => void = () => {}): EmulatedMachine["part"] {
  return { name: "emulated machine", stopMs: 5000, start: () => partOf(start(), clean) };
}

function partOf(starting: Promise<Process>, clean: () => void): Part {
  let stopping = false;
  const ended = starting.then(
    async (machine): Promise<Ending> => {
      const how = await machine.ended;
      if (stopping) clean();
      return { failure: stopping ? undefined : how, final: false };
    },
    (error: Error): Ending => ({ failure: error.message, final: true }),
  );
  const act = (what: "close" | "kill"): void => {
    stopping = true;
    void starting.then((machine) => machine[what]()).catch(() => {});
  };
  return {
    ready: new Promise((resolve) => void starting.then(() => resolve()).catch(() => {})),
    ended,
    stop: () => act("close"),
    kill: () => act("kill"),
  };
}
