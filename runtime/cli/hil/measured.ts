import type { Seen } from "../../../drivers/mock/machine-process.ts";
import { quantile } from "../doctor/lateness.ts";
import { firstEndState, motorEvents } from "../failures/motor-events.ts";
import { readBelieved, readTruth, wrongPositions } from "./positions.ts";
import type { JsonLine, ReverieProcess } from "./reverie-process.ts";
import { HIL_DEFAULTS, type Scenario } from "./scenario.ts";
import { span } from "./timetable.ts";

/** What came of a rehearsal. */
export interface Measured {
  /** The first end state after the first fault or order; "none": there was none. */
  readonly endState: string;
  /** From there until then, ms; undefined where there was none, 0 where it stood already and was not moved. */
  readonly endStateMs: number | undefined;
  /** Every cause that the robot stood still for, each once. */
  readonly causes: readonly string[];
  readonly ends: string;
  /** From the last order or end of a fault to the next command, ms; undefined where none came any more. */
  readonly resumedMs: number | undefined;
  readonly missedTicks: number;
  readonly starvedTicks: number;
  readonly maxTemperature: number | undefined;
  readonly steps: number;
  readonly rowsLost: number;
  readonly wrongPositions: number;
  /** Goals of powered motors beyond their joints' limits. */
  readonly beyondLimits: number;
  /** Replies that faults changed, by kind. */
  readonly faults: Readonly<Record<string, number>>;
  /** How late a process woke that only slept meanwhile, ms: half of all times, 99 of 100, at most. */
  readonly machineLate: { readonly p50Ms: number; readonly p99Ms: number; readonly maxMs: number };
  /** All that a person got to read. */
  readonly said: string;
}

export interface Evidence {
  readonly scenario: Scenario;
  readonly paths: { readonly motors: string; readonly samples: string; readonly truth: string };
  /** When the scenario's 0 was, and its end, monotonic ns. */
  readonly beginNs: bigint;
  readonly endNs: bigint;
  readonly state: string;
  readonly robots: readonly ReverieProcess[];
  readonly learner: ReverieProcess;
  readonly seen: Seen;
  /** Of each time that a process woke which only slept, ms. */
  readonly lateMs: readonly number[];
}

/** A robot that was commanded so shortly before is under way, whatever it was held for just then. */
const LATELY_MS = 1000;

export function measure({ scenario, paths, beginNs, state, robots, learner, seen, lateMs }: Evidence): Measured {
  const after = (seconds: number): bigint => beginNs + BigInt(Math.round(Math.min(seconds, scenario.seconds) * 1e9));
  const { first, last } = span(scenario);
  const untilNs = after(scenario.seconds);
  const events = motorEvents(paths.motors).filter(({ timeNs }) => timeNs < untilNs);
  const before = events.findLast(({ timeNs }) => timeNs <= after(first));
  const isMoved = events.some(
    ({ timeNs, what }) => what === "command" && timeNs > after(first) && timeNs <= after(last),
  );
  const stands = before !== undefined && before.what !== "command" && !isMoved;
  const ended = stands ? before : Number.isFinite(first) ? firstEndState(events, after(first)) : undefined;
  const lastCommand = events.findLast(({ what }) => what === "command")?.timeNs ?? 0n;
  const resumed = events.find(({ timeNs, what }) => timeNs > after(last) && what === "command");
  const statuses = robots.flatMap(({ lines }) => lines.filter(({ type }) => type === "robot"));
  const believed = readBelieved(paths.samples);
  const hottest = believed.flatMap((sample) => (sample.hottest === undefined ? [] : [sample.hottest]));
  const steps = Math.max(0, ...statuses.map(({ sequence }) => sequence ?? 0));
  const lost = Math.max(0, ...statuses.map(({ lostSteps }) => lostSteps ?? 0));
  const truth = readTruth(paths.truth);
  return {
    endState: ended?.what ?? "none",
    endStateMs: ended && Math.max(0, Number(ended.timeNs - after(first)) / 1e6),
    causes: [...new Set(statuses.flatMap(({ standstill }) => (standstill ? [standstill.cause] : [])))],
    ends: state === "held" && Number(untilNs - lastCommand) / 1e6 < LATELY_MS ? "engaged" : state,
    resumedMs: resumed && Number(resumed.timeNs - after(last)) / 1e6,
    missedTicks: total(statuses, "missedTicks"),
    starvedTicks: total(statuses, "starvedTicks"),
    maxTemperature: hottest.length > 0 ? hottest.reduce((most, each) => Math.max(most, each)) : undefined,
    steps,
    rowsLost: lost + Math.max(0, steps - (learner.last("learner")?.steps ?? 0)),
    wrongPositions: truth.length === 0 ? 0 : wrongPositions(believed, truth, HIL_DEFAULTS),
    beyondLimits: seen.beyondLimits,
    faults: seen.faults,
    machineLate: { p50Ms: quantile(lateMs, 0.5), p99Ms: quantile(lateMs, 0.99), maxMs: quantile(lateMs, 1) },
    said: [...robots, learner].map((each) => each.said).join("\n"),
  };
}

/** Of a count that begins anew with every process. */
function total(statuses: readonly JsonLine[], count: "missedTicks" | "starvedTicks"): number {
  let sum = 0;
  let before = 0;
  for (const status of statuses) {
    const now = status[count] ?? 0;
    sum += now >= before ? now - before : now;
    before = now;
  }
  return sum;
}
