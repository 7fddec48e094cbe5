import { execFile } from "node:child_process";
import { setPriority, userInfo } from "node:os";
import { type Scheduling, schedulingOf } from "./scheduling.ts";

/** What asking for better scheduling needs of the machine. */
export interface Machine {
  readonly platform: string;
  /** Who asks. */
  readonly user: string;
  /** Runs a program to its end: undefined when it did what it was told, else what it said. */
  run(program: string, args: readonly string[]): Promise<string | undefined>;
  /** Throws where that is not permitted. */
  setNice(pid: number, nice: number): void;
  schedulingOf(pid: number): Scheduling;
}

const TIMEOUT_MS = 2000;

export const thisMachine: Machine = {
  platform: process.platform,
  user: userName(),
  run: (program, args) =>
    new Promise((resolve) => {
      execFile(program, [...args], { timeout: TIMEOUT_MS }, (error, _, stderr) => {
        if (error === null) resolve(undefined);
        else if (error.code === "ENOENT") resolve(`there is no ${program} here; util-linux has it`);
        else resolve(stderr.trim().split("\n")[0] || error.message);
      });
    }),
  setNice: setPriority,
  schedulingOf: (pid) => schedulingOf(pid),
};

function userName(): string {
  try {
    return userInfo().username;
  } catch {
    return "<user>"; // one without a name, as in some containers
  }
}
