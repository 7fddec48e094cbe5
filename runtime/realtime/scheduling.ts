import { readFileSync } from "node:fs";
import { getPriority } from "node:os";

/** How the kernel schedules a process's main thread. */
export interface Scheduling {
  /** SCHED_OTHER, SCHED_FIFO, …; undefined where the system does not tell. */
  readonly policy: string | undefined;
  /** 1 to 99 of SCHED_FIFO and SCHED_RR, else 0. */
  readonly priority: number;
  /** −20, the first to run, to 19. */
  readonly nice: number;
  /** Cores it may run on; undefined where the system does not tell. */
  readonly cores: readonly number[] | undefined;
}

/** By their numbers in sched.h. */
const POLICIES = ["SCHED_OTHER", "SCHED_FIFO", "SCHED_RR", "SCHED_BATCH", "SCHED_ISO", "SCHED_IDLE", "SCHED_DEADLINE"];

/** Fields of /proc/<pid>/stat after the command's name, counted from 0: proc(5) counts from 1 and has two before. */
const [NICE, PRIORITY, POLICY] = [19 - 3, 40 - 3, 41 - 3];

/** As /proc says; elsewhere than on Linux what `getpriority` says. Throws when there is no such process. */
export function schedulingOf(pid: number, platform: string = process.platform): Scheduling {
  if (platform !== "linux") return { policy: undefined, priority: 0, nice: getPriority(pid), cores: undefined };
  const stat = readFileSync(`/proc/${pid}/stat`, "utf8");
  const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
  const cores = /^Cpus_allowed_list:\s*(\S+)$/m.exec(readFileSync(`/proc/${pid}/status`, "utf8"))?.[1] ?? "";
  return {
    policy: POLICIES[Number(fields[POLICY])],
    priority: Number(fields[PRIORITY]),
    nice: Number(fields[NICE]),
    cores: parseCores(cores),
  };
}

/** As "SCHED_FIFO 50, core 1" or "SCHED_OTHER, nice 0, cores 0-1". */
export function describeScheduling({ policy, priority, nice, cores }: Scheduling): string {
  const parts = [priority > 0 ? `${policy} ${priority}` : `${policy === undefined ? "" : `${policy}, `}nice ${nice}`];
  if (cores !== undefined) parts.push(`${cores.length === 1 ? "core" : "cores"} ${formatCores(cores)}`);
  return parts.join(", ");
}

/** Numbers of a list as the kernel and `taskset` write it: "0-3,7". */
export function parseCores(list: string): number[] {
  return list.split(",").flatMap((part) => {
    const [first = Number.NaN, last = first] = part.split("-").map(Number);
    return Number.isInteger(first) && part !== "" ? Array.from({ length: last - first + 1 }, (_, i) => first + i) : [];
  });
}

/** The other way, of numbers that rise. */
export function formatCores(cores: readonly number[]): string {
  const runs: [first: number, last: number][] = [];
  for (const core of cores) {
    const run = runs.at(-1);
    if (run !== undefined && run[1] === core - 1) run[1] = core;
    else runs.push([core, core]);
  }
  return runs.map(([first, last]) => (first === last ? `${first}` : `${first}-${last}`)).join(",");
}
