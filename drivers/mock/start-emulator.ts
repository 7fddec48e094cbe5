import { fork } from "node:child_process";
import type { ServeConfig, Served } from "./serve.ts";

export interface Emulator extends Served {
  readonly pid: number;
  close(): void;
}

/** Starts `main` next to this file as a process of its own. Throws with its reason when it cannot serve. */
export function startEmulator(config: ServeConfig): Promise<Emulator> {
  const own = import.meta.url;
  const child = fork(new URL(own.endsWith(".ts") ? "./main.ts" : "./main.js", own), { stdio: "inherit" });
  return new Promise((resolve, reject) => {
    child.once("error", reject);
    child.once("exit", (code) => reject(new Error(`emulated bus: its process ended with ${code}`)));
    child.once("message", (answer: Served | { readonly error: string }) => {
      if ("error" in answer) reject(new Error(`emulated bus: ${answer.error}`));
      else resolve({ port: answer.port, pid: child.pid!, close: () => child.disconnect() });
    });
    child.send(config);
  });
}
