import type { InjectAnswer, InjectOrder, Seen } from "./machine-process.ts";

/** An emulated machine that serves, in its own process. */
export interface ServedMachine<Fault> {
  /** For how long nobody has asked anything of it, ms. */
  readonly silentMs: number;
  /** More goes wrong from now on. Throws on a fault that it cannot have. */
  inject(faults: readonly Fault[]): void;
  seen(): Seen;
  close(): Promise<void>;
}

/** How long nobody may have asked anything before a machine is left, ms. */
const LEFT_MS = 1000;

/**
 * The other side of `startMachineProcess`: serves what the first message asks for, tells where it is reached, and then answers
 * "seen" with what its witness saw and `questions` with what they say; `inject` adds faults. It ends when it is told "close".
 * When whoever started it is gone it ends as a machine that is left alone: not before it was silent for a while, so that those who
 * still drive it can bring it to rest.
 */
export function attendParent<Config, Fault, Machine extends ServedMachine<Fault>>(
  serve: (config: Config) => Promise<Machine>,
  reached: (machine: Machine) => object,
  questions: Readonly<Record<string, (machine: Machine) => object>> = {},
): void {
  for (const signal of ["SIGINT", "SIGHUP"] as const) process.on(signal, () => {}); // a terminal's are for whoever started it
  process.once("message", (config) => {
    serve(config as Config).then(
      (machine) => {
        process.send?.(reached(machine));
        attend<Fault, Machine>(machine, questions);
      },
      (error: Error) => {
        process.send?.({ error: error.message });
        process.exitCode = 1;
        process.disconnect?.();
      },
    );
  });
}

function attend<Fault, Machine extends ServedMachine<Fault>>(
  machine: Machine,
  questions: Readonly<Record<string, (machine: Machine) => object>>,
): void {
  const end = (): void => void machine.close().finally(() => process.exit(0));
  process.on("message", (order) => {
    const question = typeof order === "string" ? questions[order] : undefined;
    if (order === "close") end();
    else if (order === "seen") process.send?.({ seen: machine.seen() });
    else if (question !== undefined) process.send?.(question(machine));
    else process.send?.(inject(machine, order as InjectOrder<Fault>));
  });
  process.once("disconnect", () => {
    setInterval(() => machine.silentMs > LEFT_MS && end(), LEFT_MS / 10);
  });
}

function inject<Fault>(machine: ServedMachine<Fault>, { inject: faults }: InjectOrder<Fault>): InjectAnswer {
  try {
    machine.inject(faults);
    return { injectedNs: String(process.hrtime.bigint()) };
  } catch (error) {
    return { refused: (error as Error).message };
  }
}
