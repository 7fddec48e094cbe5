import { fork } from "node:child_process";
import type { Fault } from "./faults.ts";
import type { Seen, ServeConfig, Served, ServoLook } from "./serve.ts";

export interface InjectOrder {
  readonly inject: readonly Fault[];
}
export type InjectAnswer = { readonly injectedNs: string } | { readonly refused: string };

export interface Emulator extends Served {
  readonly pid: number;
  /** Resolves when its process has ended, with how: never rejects. */
  readonly ended: Promise<string>;
  /** Every servo's registers, without a byte on the bus. One at a time. */
  look(): Promise<readonly ServoLook[]>;
  seen(): Promise<Seen>;
  /** More goes wrong from now on; resolves to that moment, monotonic ns. Throws on a servo that is not there. One at a time. */
  inject(faults: readonly Fault[]): Promise<bigint>;
  close(): void;
  /** At once. */
  kill(): void;
}

/**
 * Starts `main` next to this file as a process of its own, which Ctrl-C in a terminal does not reach. Throws with its reason
 * when it cannot serve.
 */
export function startEmulator(config: ServeConfig): Promise<Emulator> {
  const own = import.meta.url;
  const entry = new URL(own.endsWith(".ts") ? "./main.ts" : "./main.js", own);
  const child = fork(entry, { execArgv: [], detached: true, stdio: ["ignore", "ignore", "inherit", "ipc"] });
  const ended = new Promise<string>((resolve) => {
    child.once("error", (error) => resolve(error.message));
    child.once("exit", (code, signal) => resolve(signal ?? `exit code ${code}`));
  });
  const ask = <T>(order: string | InjectOrder): Promise<T> =>
    new Promise((resolve) => {
      child.once("message", (answer) => resolve(answer as T));
      child.send(order);
    });
  const emulator = {
    pid: child.pid!,
    ended,
    look: async () => (await ask<{ readonly look: readonly ServoLook[] }>("look")).look,
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
    void ended.then((how) => reject(new Error(`emulated bus: its process ended with ${how}`)));
    child.once("message", (answer: Served | { readonly error: string }) => {
      if ("error" in answer) reject(new Error(`emulated bus: ${answer.error}`));
      else resolve({ ...emulator, port: answer.port });
    });
    child.send(config);
  });
}
