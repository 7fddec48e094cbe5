import { expect, test } from "vitest";
import { StageLog } from "../../../runtime/link/stage-log.ts";
import { eachRunWithin, stageRuns } from "../../../runtime/wire/stage-runs.ts";
import { fc } from "../../properties.ts";

test("the stages of rows are what was said of each, whatever holes there are and whatever is forgotten", () => {
  const step = fc.record({ skip: fc.constantFrom(0, 0, 0, 3), stage: fc.constantFrom("a", "b", "") });
  fc.assert(
    fc.property(fc.array(step, { maxLength: 40 }), fc.nat(60), fc.nat(60), fc.nat(60), (steps, acked, at, count) => {
      const log = new StageLog();
      const known = new Map<number, string>();
      let sequence = 0;
      for (const { skip, stage } of steps) {
        sequence += skip;
        log.add(sequence, stage);
        log.add(sequence - 1, "twice");
        known.set(sequence++, stage);
      }
      log.forget(acked);
      const first = acked + at;
      const runs = log.take(first, count);
      const expanded = runs.flatMap(([stage, length]) => new Array<string>(length).fill(stage));
      expect(expanded).toEqual(Array.from({ length: count }, (_, i) => known.get(first + i) ?? ""));
      for (let i = 1; i < runs.length; i++) expect(runs[i]![0]).not.toBe(runs[i - 1]![0]);
    }),
  );
});

test("only the part of each run that is new is counted", () => {
  const runs = stageRuns([
    ["down", 4],
    ["up", 3],
  ]);
  const counted = (from: number, to: number) => {
    const found: [string, number][] = [];
    eachRunWithin(runs, 10, [from, to], (stage, steps) => void found.push([stage, steps]));
    return found;
  };
  expect(counted(10, 17)).toEqual([
    ["down", 4],
    ["up", 3],
  ]);
  expect(counted(12, 15)).toEqual([
    ["down", 2],
    ["up", 1],
  ]);
  expect(counted(15, 17)).toEqual([["up", 2]]);
  expect(counted(17, 17)).toEqual([]);
});

test("a robot may say nothing of stages, but not nonsense", () => {
  expect(stageRuns(undefined)).toEqual([]);
  expect(() => stageRuns("up")).toThrow('stages: expected a list, found "up"');
  for (const run of [["up"], ["up", 0], ["up", 1.5], [1, 1], "up"]) {
    expect(() => stageRuns([run])).toThrow(`expected a stage and a number of steps, found ${JSON.stringify(run)}`);
  }
});
