import { readFileSync } from "node:fs";

/** Linux tells times in these (sysconf _SC_CLK_TCK): 100 a second on every architecture Node runs on. */
const TICKS_PER_SECOND = 100;

/** CPU time that processes have used with all their threads, user and system, s; undefined where /proc does not tell. */
export function cpuSeconds(pids: readonly number[]): number | undefined {
  let ticks = 0;
  for (const pid of pids) {
    try {
      // proc(5): after the name in parentheses, fields 3 and on; utime and stime are 14 and 15.
      const fields = readFileSync(`/proc/${pid}/stat`, "utf8").split(") ").at(-1)!.split(" ");
      ticks += Number(fields[11]) + Number(fields[12]);
    } catch {
      return undefined;
    }
  }
  return ticks / TICKS_PER_SECOND;
}
