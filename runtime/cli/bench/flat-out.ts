import { fork } from "node:child_process";
import { LEARNER_DEFAULTS } from "../../../learner/config.ts";
import { stepAside } from "../../realtime/step-aside.ts";

/** A learner beside the loop, in a process of its own. */
export interface FlatOut {
  readonly pid: number;
  /** Wall times of the updates so far, ms. */
  readonly updatesMs: readonly number[];
  /** Ends it at once. */
  kill(): void;
}

/** Resolves when it has made its first update. Rejects when it ends before. Runs from the built files. */
export function startFlatOut(): Promise<FlatOut> {
  const child = fork(new URL("../process/flat-out.js", import.meta.url), {
    execArgv: [],
    detached: true, // a session of its own, as a learner has
    stdio: ["ignore", "ignore", "inherit", "ipc"],
  });
  if (child.pid !== undefined) stepAside(child.pid, LEARNER_DEFAULTS.train.niceness);
  const updatesMs: number[] = [];
  return new Promise((resolve, reject) => {
    child.once("error", reject);
    child.once("exit", (code, signal) => {
      reject(
        new Error(`bench loop: expected the learner to make an update, found its end: ${signal ?? `code ${code}`}`),
      );
    });
    child.on("message", (ms) => {
      updatesMs.push(ms as number);
      resolve({ pid: child.pid!, updatesMs, kill: () => void child.kill("SIGKILL") });
    });
  });
}
