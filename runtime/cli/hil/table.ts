import type { Check } from "./judge.ts";
import type { Measured } from "./measured.ts";

const COLUMNS = [26, 8, 11, 10, 10, 9, 9, 8] as const;

/** Names of what `scenarioLines` shows. */
export function headLine(): string {
  return columns(["scenario", "", "motors", "after ms", "again ms", "missed", "starved", "steps"]);
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
        ];
  const failed = checks.filter(({ holds }) => !holds);
  return [
    columns([name, passed ? "ok" : "FAILED", ...numbers]),
    ...failed.map(({ name: what, expected, found }) => `    ${what}: expected ${expected}, found ${found}`),
    ...(error === undefined ? [] : [`    ${error}`]),
  ];
}

/** Words to the left, numbers to the right. */
function columns(texts: readonly string[]): string {
  return texts.map((text, i) => (i < 3 ? text.padEnd(COLUMNS[i]!) : text.padStart(COLUMNS[i]!))).join("");
}
