import type { Machine } from "./machine.ts";
import { describeScheduling, formatCores } from "./scheduling.ts";

/** Where Linux keeps what a user may ask for. */
const LIMITS = "/etc/security/limits.d/reverie.conf";
const FIRST_NICE = -20;

/** Node cannot lock memory, and nothing here pretends to. */
const NOT_LOCKED = "its memory is not locked: Node has no call for that";

/**
 * Asks for what keeps a loop on time: SCHED_FIFO, else the best nice value there is; and a core of its own. It is for the
 * main thread alone: a collector's helper that had the same priority could hold it up. Returns one line: how it is
 * scheduled now, as the system says, and what was refused and what would permit it. Never throws.
 */
export async function askRealtime(pid: number, fifoPriority: number, machine: Machine): Promise<string> {
  try {
    const refused = [...(await askPriority(pid, fifoPriority, machine)), ...(await askCore(pid, machine))];
    return [`realtime: the loop has ${describeScheduling(machine.schedulingOf(pid))}`, ...refused, NOT_LOCKED].join(
      "; ",
    );
  } catch (error) {
    return `realtime: not asked for: ${(error as Error).message}`;
  }
}

async function askPriority(pid: number, fifoPriority: number, machine: Machine): Promise<string[]> {
  if (machine.platform !== "linux") {
    return [`SCHED_FIFO is not there on ${machine.platform}`, ...askNice(pid, machine)];
  }
  const said = await machine.run("chrt", ["--fifo", "--pid", String(fifoPriority), String(pid)]);
  if (said === undefined) return [];
  const permit = `"${machine.user} - rtprio ${fifoPriority}" in ${LIMITS} and a new login permit it`;
  return [`SCHED_FIFO was refused (${said}): ${permit}`, ...askNice(pid, machine)];
}

/** The first that is permitted. */
function askNice(pid: number, machine: Machine): string[] {
  for (let nice = FIRST_NICE; nice < 0; nice++) {
    try {
      machine.setNice(pid, nice);
      return [];
    } catch {
      // the next may be permitted
    }
  }
  const permit =
    machine.platform === "linux"
      ? `"${machine.user} - nice -10" in ${LIMITS} and a new login permit it`
      : "sudo permits it";
  return [`a nice value below 0 was refused: ${permit}`];
}

async function askCore(pid: number, machine: Machine): Promise<string[]> {
  if (machine.platform !== "linux") return [`choosing cores is not there on ${machine.platform}`];
  const split = splitCores(machine.schedulingOf(pid).cores ?? []);
  if (split === undefined) return ["there is but one core"];
  const said = await machine.run("taskset", ["--cpu-list", "--pid", String(split.loop), String(pid)]);
  return said === undefined ? [] : [`a core of its own was refused (${said})`];
}

/**
 * Keeps a process that computes, and all its threads, off the loop's core. Returns one line about it, or undefined where
 * there is nothing to keep apart. Never throws.
 */
export async function keepOffLoop(name: string, pid: number, machine: Machine): Promise<string | undefined> {
  try {
    if (machine.platform !== "linux") return undefined;
    const split = splitCores(machine.schedulingOf(pid).cores ?? []);
    if (split === undefined) return undefined;
    const others = formatCores(split.others);
    const said = await machine.run("taskset", ["--all-tasks", "--cpu-list", "--pid", others, String(pid)]);
    if (said !== undefined) return `realtime: the ${name} was not kept off the loop's core (${said})`;
    return `realtime: the ${name} has ${describeScheduling(machine.schedulingOf(pid))}`;
  } catch (error) {
    return `realtime: the ${name} was not kept off the loop's core: ${(error as Error).message}`;
  }
}

/** The last core is the loop's, as the first takes most interrupts; undefined when there are not two. */
export function splitCores(cores: readonly number[]): { readonly loop: number; readonly others: number[] } | undefined {
  return cores.length < 2 ? undefined : { loop: cores.at(-1)!, others: cores.slice(0, -1) };
}
