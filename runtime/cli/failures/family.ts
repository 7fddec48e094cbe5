import { spawnSync } from "node:child_process";

/** Processes that run `process/<name>.js` and were started by `parent`. Throws when `ps` cannot say. */
export function childrenOf(parent: number): ReadonlyMap<string, number> {
  const { stdout, error } = spawnSync("ps", ["-A", "-o", "pid=,ppid=,args="], { encoding: "utf8" });
  if (error !== undefined) throw new Error(`ps: expected a list of processes, found ${error.message}`);
  const found = new Map<string, number>();
  for (const row of stdout.split("\n")) {
    const [, pid, ppid, args = ""] = /^\s*(\d+)\s+(\d+)\s+(.*)$/.exec(row) ?? [];
    const name = /\/process\/(\w+)\.js/.exec(args)?.[1];
    if (name !== undefined && Number(ppid) === parent) found.set(name, Number(pid));
  }
  return found;
}

/** False for one that has ended, and has been waited for. */
export function isThere(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}

/** Nothing happens when it is not there. */
export function endAtOnce(pid: number): void {
  try {
    process.kill(pid, "SIGKILL");
  } catch {
    // it has ended by itself
  }
}
