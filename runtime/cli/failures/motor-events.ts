import { existsSync, readFileSync } from "node:fs";

/** What the motors were told, and when. */
export interface MotorEvent {
  /** On the system's monotonic clock, ns. */
  readonly timeNs: bigint;
  readonly pid: number;
  /** "command", or an end state. */
  readonly what: string;
}

/** Every event of a motor trace so far, by time; none where there is no file yet. A line that is being written is left out. */
export function motorEvents(path: string): MotorEvent[] {
  if (!existsSync(path)) return [];
  const lines = readFileSync(path, "utf8").split("\n").slice(0, -1);
  return lines
    .map((line): MotorEvent => {
      const [time = "", pid = "", what = ""] = line.split(" ");
      return { timeNs: BigInt(time), pid: Number(pid), what };
    })
    .sort((a, b) => Number(a.timeNs - b.timeNs));
}

/** The first end state after `fromNs`. */
export function firstEndState(events: readonly MotorEvent[], fromNs: bigint): MotorEvent | undefined {
  return events.find(({ timeNs, what }) => timeNs > fromNs && what !== "command");
}

/** Longest time from one command to the next between two times, their own included, ms. */
export function longestSilenceMs(events: readonly MotorEvent[], fromNs: bigint, toNs: bigint): number {
  const times = events
    .filter(({ timeNs, what }) => what === "command" && timeNs >= fromNs && timeNs <= toNs)
    .map(({ timeNs }) => timeNs);
  const edges = [fromNs, ...times, toNs];
  return Math.max(...edges.slice(1).map((time, i) => Number(time - edges[i]!) / 1e6));
}
