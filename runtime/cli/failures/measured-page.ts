import type { MeasuredRow } from "./measured-file.ts";
import type { Cause, How } from "./ways.ts";

const DEATHS: readonly How[] = ["kill", "throw", "memory"];
const HANGS: readonly How[] = ["stop", "busy"];
const GOES_ON = "goes on";
/** Their failure is none of the robot's. */
const SPARED: readonly Cause[] = ["link", "learner"];

/** What the safety page calls a failure, and what stands for it. */
const FAILURES: readonly (readonly [name: string, causes: readonly Cause[], hows: readonly How[]])[] = [
  ["policy silent", ["policy"], HANGS],
  ["policy died", ["policy"], DEATHS],
  ["governor dies", ["governor"], DEATHS],
  ["governor hangs", ["governor"], HANGS],
  ["driver blocks", ["driver"], ["read", "write"]],
  ["supervisor dies", ["supervisor"], DEATHS],
  ["supervisor hangs", ["supervisor"], HANGS],
  ["link, learner die", SPARED, [...DEATHS, ...HANGS]],
];

/** Two columns for the safety page: a failure, and what it came to on this computer. Empty when nothing was measured. */
export function measuredTable(rows: readonly MeasuredRow[]): [name: string, what: string][] {
  return FAILURES.flatMap(([name, causes, hows]): [string, string][] => {
    const own = rows.filter(({ cause, how }) => causes.includes(cause) && how !== undefined && hows.includes(how));
    return own.length === 0 ? [] : [[name, measured(own)]];
  });
}

/** The worst of several ways to fail: the largest of their medians and of their maxima, the oldest date. */
function measured(rows: readonly MeasuredRow[]): string {
  const ends = [...new Set(rows.flatMap(({ endState }) => endState.split(", ")))];
  const p50 = Math.max(...rows.map(({ ms }) => ms.p50)).toFixed(0);
  const max = Math.max(...rows.map(({ ms }) => ms.max)).toFixed(0);
  const trials = rows.reduce((sum, row) => sum + row.trials, 0);
  const load = Math.max(...rows.map((row) => row.load)).toFixed(1);
  const [date = ""] = rows.map((row) => row.date.slice(0, 10)).sort();
  const when = `(${trials} trials, ${date}, load ${load})`;
  if (rows.every(({ cause }) => SPARED.includes(cause))) {
    const others = ends.filter((end) => end !== GOES_ON).map((end) => `"${end}"`);
    const but = others.length === 0 ? "" : `, in some trials by way of ${others.join(", ")}`;
    return `p50 ${p50}, max ${max} ms without a command, and it goes on${but} ${when}`;
  }
  const where = ends.includes(GOES_ON) ? `NOT ALWAYS SAFE: ${ends.join(", ")}` : `to "${ends.join('", "')}"`;
  return `p50 ${p50}, max ${max} ms ${where} ${when}`;
}
