import { fork } from "node:child_process";
import type { RosMachineAnswer, RosMachineConfig } from "./main.ts";

export interface RosMachine {
  /** Of its rosbridge server, ws://127.0.0.1:port. */
  readonly url: string;
  readonly pid: number;
  /** Resolves when its process has ended; never rejects. */
  readonly ended: Promise<void>;
  /** At once. */
  kill(): void;
}

/** Starts `main` next to this file as a process of its own. Throws with its reason when it cannot serve. */
export function startRosMachine(config: RosMachineConfig): Promise<RosMachine> {
  const own = import.meta.url;
  const entry = new URL(own.endsWith(".ts") ? "./main.ts" : "./main.js", own);
  const child = fork(entry, { execArgv: [], detached: true, stdio: ["ignore", "ignore", "inherit", "ipc"] });
  const ended = new Promise<void>((resolve) => {
    child.once("error", () => resolve());
    child.once("exit", () => resolve());
  });
  return new Promise((resolve, reject) => {
    void ended.then(() => reject(new Error("machine on ROS 2: its process has ended")));
    child.once("message", (answer: RosMachineAnswer) => {
      if ("error" in answer) reject(new Error(`machine on ROS 2: ${answer.error}`));
      else resolve({ url: answer.url, pid: child.pid!, ended, kill: () => void child.kill("SIGKILL") });
    });
    child.send(config);
  });
}
