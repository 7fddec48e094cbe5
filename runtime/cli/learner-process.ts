import { fork } from "node:child_process";
import { closeSync, openSync } from "node:fs";
import { join } from "node:path";
import type { LearnerEvent, LearnerOrder } from "../../learner/train/status.ts";
import { stepAside } from "../realtime/step-aside.ts";
import type { Ending, Part } from "./keeper.ts";

export type LearnerStart = Omit<Extract<LearnerOrder, { type: "start" }>, "type">;

/** Starts a learner of its own process. What it prints goes to learner.log in the run directory. */
export function forkLearner(
  start: LearnerStart,
  onEvent: (event: LearnerEvent) => void,
  onPid: (pid: number) => void = () => {},
): Part {
  const log = openSync(join(start.run, "learner.log"), "a");
  const child = fork(new URL("./process/learner.js", import.meta.url), {
    execArgv: [],
    detached: true, // Ctrl-C and Ctrl-Z of a terminal reach the command alone, and it says what to do
    serialization: "advanced",
    stdio: ["ignore", log, log, "ipc"],
  });
  closeSync(log);
  if (child.pid !== undefined) {
    stepAside(child.pid, start.config.train.niceness);
    onPid(child.pid);
  }
  const send = (order: LearnerOrder) => {
    if (child.connected) child.send(order, () => {}); // one that has just died is told by its exit
  };
  let reason: string | undefined;
  let isReady = false;
  let becomeReady = () => {};
  const ready = new Promise<void>((resolve) => {
    becomeReady = resolve;
  });
  child.on("message", (message) => {
    const event = message as LearnerEvent;
    onEvent(event);
    if (event.type === "failed") reason = event.reason;
    if (event.type === "ready") {
      isReady = true;
      becomeReady();
    }
  });
  const ended = new Promise<Ending>((resolve) => {
    child.on("error", (error) => resolve({ failure: error.message, final: true }));
    child.on("exit", (code, signal) => {
      const how = signal === null ? `ended with code ${code}` : `ended by ${signal}`;
      const failure = code === 0 ? undefined : (reason ?? `${how}; see ${start.run}/learner.log`);
      resolve({ failure, final: reason !== undefined && !isReady });
    });
  });
  send({ type: "start", ...start });
  return { ready, ended, stop: () => send({ type: "stop" }), kill: () => child.kill("SIGKILL") };
}
