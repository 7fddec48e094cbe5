import { spawnSync } from "node:child_process";
import { readFileSync } from "node:fs";

/**
 * Whether this process may read its terminal: one in the background is stopped as soon as it tries (POSIX, 11.1.4). True
 * where there is no job control.
 */
export function inForeground(): boolean {
  const { group, terminalGroup } = process.platform === "linux" ? fromProc() : fromPs();
  return terminalGroup === -1 || terminalGroup === group;
}

/** Fields 5 and 8 of /proc/self/stat (proc(5)). */
function fromProc(): { readonly group: number; readonly terminalGroup: number } {
  const stat = readFileSync("/proc/self/stat", "utf8");
  const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
  return { group: Number(fields[2]), terminalGroup: Number(fields[5]) };
}

function fromPs(): { readonly group: number; readonly terminalGroup: number } {
  const { stdout } = spawnSync("ps", ["-o", "pgid=,tpgid=", "-p", String(process.pid)], { encoding: "utf8" });
  const [group = Number.NaN, terminalGroup = Number.NaN] = (stdout ?? "").trim().split(/\s+/).map(Number);
  return { group, terminalGroup: terminalGroup === 0 ? -1 : terminalGroup };
}
