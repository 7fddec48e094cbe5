import { expect, test } from "vitest";
import type { Check } from "../../../runtime/cli/hil/judge.ts";
import { headLine, scenarioLines } from "../../../runtime/cli/hil/table.ts";
import { MEASURED } from "./measured.ts";

const late: Check = { name: "end state after", expected: "at most 100 ms", found: "120 ms", holds: false };

test("one that came as it should is one line, with how busy the machine was at its end", () => {
  const [line, ...more] = scenarioLines("policy-silent", true, MEASURED, [{ ...late, holds: true }], undefined);
  expect(line).toMatch(/^policy-silent +ok +hold .* 60$/);
  expect(more).toEqual([]);
  expect(headLine()).toHaveLength(line!.length);
});

test("below one that did not is what did not, and whether anybody could have been on time here", () => {
  expect(scenarioLines("policy-silent", false, MEASURED, [late], undefined).slice(1)).toEqual([
    "    end state after: expected at most 100 ms, found 120 ms",
    "    a process that only slept meanwhile woke 0 ms late, 1 in 100 times 60, at most 110",
  ]);
});

test("one that could not be rehearsed has its reason", () => {
  expect(scenarioLines("wrong-id", false, undefined, [], "no port")).toEqual([
    expect.stringContaining("FAILED"),
    "    no port",
  ]);
});
