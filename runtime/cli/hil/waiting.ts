import { setTimeout as sleep } from "node:timers/promises";
import { motorEvents } from "../failures/motor-events.ts";
import type { ReverieProcess } from "./reverie-process.ts";
import { HIL_DEFAULTS } from "./scenario.ts";

const POLL_MS = 20;

/** Waits for its first command. False when it has failed before and may be started again; throws when there is none. */
export async function moves(trace: string, robot: ReverieProcess, left: number): Promise<boolean> {
  const begin = performance.now();
  while (!motorEvents(trace).some(({ what }) => what === "command")) {
    const failed = robot.hasEnded || robot.last("robot")?.state === "fault";
    if (failed && left > 1) return false;
    if (failed || performance.now() - begin > HIL_DEFAULTS.startMs) {
      const lines = robot.said.split("\n").filter((line) => line.trim() !== "");
      throw new Error(`expected a robot that moves, found none: ${lines.slice(-5).join("; ")}`);
    }
    await sleep(POLL_MS);
  }
  return true;
}

/** Throws where it ends before it says these words, or does not in time. */
export async function says(command: ReverieProcess, words: string): Promise<void> {
  const begin = performance.now();
  while (!command.said.includes(words)) {
    if (command.hasEnded || performance.now() - begin > HIL_DEFAULTS.startMs) {
      throw new Error(`expected "${words}", found ${command.said.trim().split("\n").at(-1)}`);
    }
    await sleep(POLL_MS);
  }
}

/** Until so many s after the scenario's 0. */
export async function until(beginNs: bigint, at: number): Promise<void> {
  await sleep(Math.max(0, at * 1000 - Number(process.hrtime.bigint() - beginNs) / 1e6));
}
