import { expect, test } from "vitest";
import { judge } from "../../../runtime/cli/hil/judge.ts";
import type { Measured } from "../../../runtime/cli/hil/measured.ts";
import { wrongPositions } from "../../../runtime/cli/hil/positions.ts";
import { MEASURED } from "./measured.ts";

const failing = (...[expected, changed, patience]: [Parameters<typeof judge>[0], Partial<Measured>?, number?]) =>
  judge(expected, { ...MEASURED, ...changed }, patience).flatMap(({ name, holds }) => (holds ? [] : [name]));

test("limits, positions and steps are judged whether or not a scenario asks", () => {
  expect(failing({})).toEqual([]);
  expect(failing({}, { beyondLimits: 1, wrongPositions: 1, rowsLost: 1 })).toEqual([
    "goals beyond limits",
    "wrong positions",
    "steps lost",
  ]);
  expect(failing({ wrongPositions: null }, { wrongPositions: 7 })).toEqual([]);
});

test("what a scenario asks for is compared with what came", () => {
  const all = {
    endState: "hold",
    endStateMs: 120,
    cause: "policy",
    ends: "engaged",
    says: ["is gone"],
    missedTicks: 3,
  };
  expect(failing(all)).toEqual([]);
  expect(failing({ endState: "stop", cause: "tilt", ends: "fault", says: ["?"], starvedTicks: 1 })).toHaveLength(5);
  expect(failing({ cause: "overrun or policy" })).toEqual([]);
  expect(failing({ cause: "overrun or sample" })).toEqual(["cause"]);
  expect(failing({ endStateMs: 100 })).toEqual(["end state after"]);
  expect(failing({ endStateMs: 100 }, {}, 2)).toEqual([]);
  expect(failing({ resumedMs: 1000 })).toEqual(["moves again after"]); // it never did
});

test("a position is wrong that no joint had about that time", () => {
  const truth = Array.from({ length: 100 }, (_, i) => ({ timeMs: 10 * i, position: [i / 100, 0] }));
  const at = (timeMs: number, ...position: number[]) => ({ timeMs, readMs: timeMs, hottest: undefined, position });
  const settings = { positionError: 0.03, windowMs: 40 };
  expect(wrongPositions([at(500, 0.5, 0), at(500, 0.56, 0.02)], truth, settings)).toBe(0);
  expect(wrongPositions([at(500, 0.7, 0), at(800, 0.8, 0.1)], truth, settings)).toBe(2);
  expect(wrongPositions([at(500, Number.NaN, 0)], truth, settings)).toBe(1);
  // One that is old by what it says of itself, but was read now, may have been true at any time between.
  expect(wrongPositions([{ ...at(500, 0.7, 0), readMs: 700 }], truth, settings)).toBe(0);
});
