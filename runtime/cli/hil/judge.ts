import type { Measured } from "./measured.ts";
import type { Expectations } from "./scenario.ts";

/** One thing that had to be so. */
export interface Check {
  readonly name: string;
  readonly expected: string;
  readonly found: string;
  readonly holds: boolean;
}

/**
 * Everything that a scenario asks for, and what it never has to ask for: limits, positions, steps. `patience`: times as long
 * as asked for that anything may take, on a machine that others keep busy.
 */
export function judge(expect: Expectations, measured: Measured, patience = 1): Check[] {
  const slow = (ms: number | undefined): number | undefined => (ms === undefined ? undefined : ms * patience);
  const most = (name: string, limit: number | undefined, found: number | undefined, unit = ""): Check[] =>
    limit === undefined
      ? []
      : [
          {
            name,
            expected: limit === 0 ? "0" : `at most ${limit}${unit}`,
            found: found === undefined ? "none" : `${Number(found.toFixed(1))}${unit}`,
            holds: found !== undefined && found <= limit,
          },
        ];
  const same = (name: string, expected: string | undefined, found: string): Check[] =>
    expected === undefined ? [] : [{ name, expected, found, holds: expected.split(" or ").includes(found) }];
  const { causes, said } = measured;
  return [
    ...same("end state", expect.endState, measured.endState),
    ...most("end state after", slow(expect.endStateMs), measured.endStateMs, " ms"),
    ...(expect.cause === undefined
      ? []
      : [
          {
            name: "cause",
            expected: expect.cause,
            found: causes.join(", ") || "none",
            holds: expect.cause.split(" or ").some((cause) => causes.includes(cause)),
          },
        ]),
    ...(expect.says ?? []).map((words) => ({
      name: "says",
      expected: words,
      found: said.includes(words) ? words : lastLine(said),
      holds: said.includes(words),
    })),
    ...same("at the end", expect.ends, measured.ends),
    ...most("moves again after", slow(expect.resumedMs), measured.resumedMs, " ms"),
    ...most("missed ticks", expect.missedTicks, measured.missedTicks),
    ...most("starved ticks", expect.starvedTicks, measured.starvedTicks),
    ...most("hottest", expect.maxTemperature, measured.maxTemperature, " °C"),
    ...most("goals beyond limits", 0, measured.beyondLimits),
    ...most(
      "wrong positions",
      expect.wrongPositions === null ? undefined : (expect.wrongPositions ?? 0),
      measured.wrongPositions,
    ),
    ...most("steps lost", expect.rowsLost ?? 0, measured.rowsLost),
  ];
}

function lastLine(text: string): string {
  return text.trim().split("\n").at(-1)?.slice(0, 120) || "nothing";
}
