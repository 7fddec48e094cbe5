import type { Check } from "./judge.ts";
import type { Measured } from "./measured.ts";

const COLUMNS = [28, 8, 11, 10, 10, 9, 9, 8, 9] as const;

/** Names of what `scenarioLines` shows. */
export function headLine(): string {
  return columns(["scenario", "", "motors", "after ms", "again ms", "missed", "starved", "steps", "late ms"]);
}

/** One line for a scenario that came as it should; below it what did not. */
export function scenarioLines(
  name: string,
  passed: boolean,
  measured: Measured | undefined,
  checks: readonly Check[],
  error: string | undefined,
): string[] {
  const ms = (value: number | undefined): string => value?.toFixed(0) ?? "–";
  const numbers =
    measured === undefined
      ? []
      : [
          measured.endState,
          ms(measured.endStateMs),
          ms(measured.resumedMs),
          ...[measured.missedTicks, measured.starvedTicks, measured.steps].map(String),
          measured.machineLate.p99Ms.toFixed(0),
        ];
  const failed = checks.filter(({ holds }) => !holds);
  return [
    columns([name, passed ? "ok" : "FAILED", ...numbers]),
    ...failed.map(({ name: what, expected, found }) => `    ${what}: expected ${expected}, found ${found}`),
    ...(failed.length > 0 && measured !== undefined ? [busyLine(measured.machineLate)] : []),
    ...(error === undefined ? [] : [`    ${error}`]),
  ];
}

/** Whoever reads of a failure has to know whether the robot had this machine. */
function busyLine({ p50Ms, p99Ms, maxMs }: Measured["machineLate"]): string {
  const [half, most, worst] = [p50Ms, p99Ms, maxMs].map((ms) => ms.toFixed(0));
  return `    a process that only slept meanwhile woke ${half} ms late, 1 in 100 times ${most}, at most ${worst}`;
}

/** Words to the left, numbers to the right. */
function columns(texts: readonly string[]): string {
  return texts.map((text, i) => (i < 3 ? text.padEnd(COLUMNS[i]!) : text.padStart(COLUMNS[i]!))).join("");
}
