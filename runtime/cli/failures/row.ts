import type { Outcome } from "./trial.ts";
import type { Cause, How } from "./ways.ts";

/** What came of the same failure, so many times. */
export interface FailureRow {
  readonly cause: Cause;
  readonly how: How | undefined;
  /** End states the motors were told, each once; "goes on" where they were told none. */
  readonly endState: string;
  /** Until the end state; of a robot that goes on, the longest time without a command. */
  readonly ms: { readonly p50: number; readonly max: number };
  /** The most of any trial. */
  readonly missedTicks: number;
  readonly starvedTicks: number;
  readonly trials: number;
}

/** Throws when there are no outcomes. */
export function failureRow(cause: Cause, how: How | undefined, outcomes: readonly Outcome[]): FailureRow {
  if (outcomes.length === 0) throw new Error("expected at least one outcome, found none");
  const sorted = outcomes.map(({ ms }) => ms).sort((a, b) => a - b);
  const most = (counts: readonly number[]): number => Math.max(...counts);
  return {
    cause,
    how,
    endState: [...new Set(outcomes.map(({ endState }) => endState ?? "goes on"))].join(", "),
    ms: { p50: sorted[Math.floor((sorted.length - 1) / 2)]!, max: sorted.at(-1)! },
    missedTicks: most(outcomes.map(({ missedTicks }) => missedTicks)),
    starvedTicks: most(outcomes.map(({ starvedTicks }) => starvedTicks)),
    trials: outcomes.length,
  };
}

const WAYS: Readonly<Record<How, string>> = {
  kill: "kill -9",
  stop: "SIGSTOP",
  busy: "busy loop",
  throw: "thrown error",
  memory: "out of memory",
  read: "blocked read",
  write: "blocked write",
};

const COLUMNS = [12, 15, 12, 9, 9, 9, 9] as const;

/** Names of what `rowLine` shows. */
export function headLine(): string {
  return columns(["process", "fails by", "motors", "ms p50", "ms max", "missed", "starved"]);
}

export function rowLine({ cause, how, endState, ms, missedTicks, starvedTicks }: FailureRow): string {
  const way = how === undefined ? "" : WAYS[how];
  return columns([cause, way, endState, ms.p50.toFixed(0), ms.max.toFixed(0), `${missedTicks}`, `${starvedTicks}`]);
}

/** Words to the left, numbers to the right. */
function columns(texts: readonly string[]): string {
  return texts.map((text, i) => (i < 3 ? text.padEnd(COLUMNS[i]!) : text.padStart(COLUMNS[i]!))).join("");
}
