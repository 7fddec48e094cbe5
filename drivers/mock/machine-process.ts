import { fork } from "node:child_process";

export interface InjectOrder<Fault> {
  readonly inject: readonly Fault[];
}
export type InjectAnswer = { readonly injectedNs: string } | { readonly refused: string };

/** What a witness saw, and the faults had changed, so far. */
export interface Seen {
  /** Goals beyond their joints' limits that a motor was to follow. */
  readonly beyondLimits: number;
  /** Replies or messages that a fault changed, by its kind. */
  readonly faults: Readonly<Record<string, number>>;
}

/** An emulated machine in a process of its own, for whoever started it. Questions are asked one at a time. */
export interface MachineProcess<Fault> {
  readonly pid: number;
  /** Resolves when its process has ended, with how: never rejects. */
  readonly ended: Promise<string>;
  seen(): Promise<Seen>;
  /** More goes wrong from now on; resolves to that moment, monotonic ns. Throws on a fault that it cannot have. */
  inject(faults: readonly Fault[]): Promise<bigint>;
  close(): void;
  /** At once. */
  kill(): void;
}

/** Asks the process one question in a word. */
export type Ask = <T>(question: string) => Promise<T>;

/**
 * Starts the `main` next to the file `own` as a process of its own, which Ctrl-C in a terminal does not reach, with its config
 * as the first message. `Served`: what it answers, where it can be reached. Throws with its reason when it cannot serve.
 */
export function startMachineProcess<Served extends object, Fault>(
  own: string,
  name: string,
  config: object,
): Promise<MachineProcess<Fault> & Served & { readonly ask: Ask }> {
  const entry = new URL(own.endsWith(".ts") ? "./main.ts" : "./main.js", own);
  const child = fork(entry, { execArgv: [], detached: true, stdio: ["ignore", "ignore", "inherit", "ipc"] });
  const ended = new Promise<string>((resolve) => {
    child.once("error", (error) => resolve(error.message));
    child.once("exit", (code, signal) => resolve(signal ?? `exit code ${code}`));
  });
  const ask = <T>(order: string | InjectOrder<Fault>): Promise<T> =>
    new Promise((resolve) => {
      child.once("message", (answer) => resolve(answer as T));
      child.send(order);
    });
  const machine = {
    pid: child.pid!,
    ended,
    ask,
    seen: async () => (await ask<{ readonly seen: Seen }>("seen")).seen,
    inject: async (inject: readonly Fault[]) => {
      const answer = await ask<InjectAnswer>({ inject });
      if ("refused" in answer) throw new Error(answer.refused);
      return BigInt(answer.injectedNs);
    },
    close: () => void (child.connected && child.send("close")),
    kill: () => void child.kill("SIGKILL"),
  };
  return new Promise((resolve, reject) => {
    void ended.then((how) => reject(new Error(`${name}: its process ended with ${how}`)));
    child.once("message", (answer: Served | { readonly error: string }) => {
      if ("error" in answer) reject(new Error(`${name}: ${answer.error}`));
      else resolve({ ...machine, ...answer });
    });
    child.send(config);
  });
}
