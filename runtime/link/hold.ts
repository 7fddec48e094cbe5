import * as fs from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";

interface Holder {
  readonly pid: number;
  /** Tells a process from a later one of the same number; "" where the system does not say. */
  readonly started: string;
}

const FILE = "link.lock";
const RETRY_MS = 20;

/**
 * Takes the robot's directory for this process, so that two never write to one spool: the link of a supervisor that was
 * killed may still be closing it. Returns how to give it free. Throws when the holder lives on after `waitMs`.
 */
export async function hold(directory: string, waitMs: number): Promise<() => void> {
  fs.mkdirSync(directory, { recursive: true });
  const path = join(directory, FILE);
  const until = performance.now() + waitMs;
  const mine: Holder = { pid: process.pid, started: startOf(process.pid) };
  while (!creates(path, mine)) {
    const holder = readHolder(path);
    if (holder === undefined || !isAlive(holder)) fs.rmSync(path, { force: true });
    else if (performance.now() < until) await sleep(RETRY_MS);
    else throw new Error(`${directory}: expected it free, found it held by process ${holder.pid} after ${waitMs} ms`);
  }
  return () => {
    if (readHolder(path)?.pid === process.pid) fs.rmSync(path, { force: true });
  };
}

function creates(path: string, holder: Holder): boolean {
  const draft = `${path}.${holder.pid}`;
  fs.writeFileSync(draft, JSON.stringify(holder));
  try {
    fs.linkSync(draft, path); // whole or not at all, and only where there is none
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "EEXIST") return false;
    throw error;
  } finally {
    fs.rmSync(draft, { force: true });
  }
}

function readHolder(path: string): Holder | undefined {
  try {
    const { pid, started } = JSON.parse(fs.readFileSync(path, "utf8"));
    return Number.isSafeInteger(pid) && pid > 0 ? { pid, started: String(started) } : undefined;
  } catch {
    return undefined; // gone meanwhile, or cut short by a power loss
  }
}

function isAlive({ pid, started }: Holder): boolean {
  if (pid === process.pid) return false; // of an earlier link in this process, or of a process of this number
  try {
    process.kill(pid, 0);
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === "EPERM" && started === startOf(pid);
  }
  return started === startOf(pid);
}

/** Start time in clock ticks since boot, field 22 of /proc/pid/stat (proc(5)); process numbers are used again. */
function startOf(pid: number): string {
  try {
    const stat = fs.readFileSync(`/proc/${pid}/stat`, "utf8");
    return stat.slice(stat.lastIndexOf(")") + 2).split(" ")[19] ?? "";
  } catch {
    return "";
  }
}
