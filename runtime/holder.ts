import { readFileSync } from "node:fs";

/** The process that a lock file names. */
export interface Holder {
  readonly pid: number;
  /** Tells a process from a later one of the same number; "" where the system does not say. */
  readonly started: string;
}

export function thisProcess(): Holder {
  return { pid: process.pid, started: startOf(process.pid) };
}

/** What a lock file says; undefined when it is gone meanwhile, or names nobody. */
export function readHolder(path: string): Holder | undefined {
  try {
    return parseHolder(readFileSync(path, "utf8"));
  } catch {
    return undefined;
  }
}

/** Undefined for what no lock file says; a power loss can cut one short. */
export function parseHolder(text: string): Holder | undefined {
  try {
    const { pid, started } = JSON.parse(text);
    return Number.isSafeInteger(pid) && pid > 0 ? { pid, started: String(started) } : undefined;
  } catch {
    return undefined;
  }
}

/** Also for a process of somebody else. */
export function isAlive({ pid, started }: Holder): boolean {
  try {
    process.kill(pid, 0);
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === "EPERM" && started === startOf(pid);
  }
  return started === startOf(pid);
}

function startOf(pid: number): string {
  try {
    return startIn(readFileSync(`/proc/${pid}/stat`, "utf8"));
  } catch {
    return "";
  }
}

/** Start time in clock ticks since boot, field 22 of /proc/pid/stat (proc(5)); process numbers are used again. */
export function startIn(stat: string): string {
  return stat.slice(stat.lastIndexOf(")") + 2).split(" ")[19] ?? "";
}
