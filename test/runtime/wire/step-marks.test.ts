import { expect, test } from "vitest";
import { stepMarks } from "../../../runtime/wire/step-marks.ts";

test("a robot may say nothing of marks, but not nonsense", () => {
  expect(stepMarks(undefined)).toEqual([]);
  expect(stepMarks([[3, "worked", 1]])).toEqual([[3, "worked", 1]]);
  expect(() => stepMarks("worked")).toThrow('marks: expected a list, found "worked"');
  const wrong = [
    [3, "worked"],
    [-1, "worked", 1],
    [3, "", 1],
    [3, 'a"b', 1],
    [3, "worked", Number.NaN],
    ["3", "a", 1],
    3,
  ];
  for (const mark of wrong) expect(() => stepMarks([mark])).toThrow("marks: expected a step, a word and a time, found");
});
