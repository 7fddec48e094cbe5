import { expect, test } from "vitest";
import { picture } from "../../../runtime/cli/experiment/curves.ts";
import type { RunNumbers } from "../../../runtime/cli/experiment/numbers.ts";
import type { PlannedRun } from "../../../runtime/cli/experiment/planned-run.ts";
import { progressLine } from "../../../runtime/cli/experiment/progress.ts";
import type { LineResult, RunResult } from "../../../runtime/cli/experiment/results.ts";
import { hear } from "../../../runtime/cli/experiment/spawn-teach.ts";
import { resultTable } from "../../../runtime/cli/experiment/table.ts";

const run = { line: "default", seed: 3, steps: 72_000 } as PlannedRun;
const result = (complete: boolean, numbers?: Partial<RunNumbers>): RunResult => ({
  run,
  complete,
  numbers: numbers && {
    ...{ steps: 72_000, reward: 9, best: 9.5, passedAt: [undefined], upright: undefined, wallMinutes: 60 },
    ...numbers,
  },
});
const line = (name: string, ...runs: RunResult[]): LineResult => ({ name, runs, curve: [] });

test("the table has a row a line: means, ranges, and of how many runs when not of all", () => {
  const lines = [
    line(
      "default",
      result(true, { reward: 10, passedAt: [8000] }),
      result(true, { reward: 9 }),
      result(false, { reward: 1 }),
    ),
    line("slow", result(false, { steps: 7250, reward: 6, best: undefined }), result(false)),
    line("none", result(false)),
  ];
  expect(resultTable(lines, [6.3])).toEqual([
    "line     seeds          reward, last 6000  best 6000  passed 6.3  minutes",
    "default  2/3            9.50 (9.00–10.00)  9.50       8,000 1/2   60",
    "slow     0/2, at 7,250  6.00               –          –           60",
    "none     0/1            –                  –          –           –",
  ]);
});

test("the share of upright steps has a column where a robot's metrics have it", () => {
  const [header, row] = resultTable([line("a", result(true, { upright: 0.9 }), result(true, { upright: 0.96 }))], []);
  expect(header).toMatch(/best 6000 +upright +minutes$/);
  expect(row).toContain("93 % (90 %–96 %)");
});

test("the picture has a line and a shaded range for each line of the experiment, and is well-formed", () => {
  const curve = [0, 1200, 2400].map((steps) => ({ steps, seeds: 2, mean: steps, low: steps - 500, high: steps + 500 }));
  const one = { ...line("one & only", result(true, {}), result(true, {})), curve };
  const other = { ...line("alone", result(true, {})), curve };
  const svg = picture("a1", 20, [one, other]);
  expect(svg).toContain("one &amp; only, 2 seeds");
  expect(svg).toContain("alone, 1 seed<");
  expect(svg.match(/<polyline/g)).toHaveLength(2);
  const band = /<polygon points="([^"]+)" fill="(#\w+)"/.exec(svg)!;
  expect(svg.match(/<polygon/g)).toHaveLength(1); // one seed has no range
  expect(svg).toContain(`stroke="${band[2]}"`);
  const corners = band[1]!.split(" ").map((corner) => corner.split(",").map(Number) as [number, number]);
  expect(corners.every((corner) => corner.length === 2 && corner.every(Number.isFinite))).toBe(true);
  const [top, bottom] = [corners.slice(0, 3), corners.slice(3).reverse()];
  top.forEach(([x, y], i) => {
    expect(bottom[i]![0]).toBe(x);
    expect(y).toBeLessThan(bottom[i]![1]); // high values are at the top
  });
  const mean = /points="([^"]+)" fill="none"/
    .exec(svg)![1]!
    .split(" ")
    .map((at) => Number(at.split(",")[1]));
  mean.forEach((y, i) => {
    expect(y).toBeGreaterThan(top[i]![1]);
    expect(y).toBeLessThan(bottom[i]![1]);
  });
  let depth = 0; // every element that is opened is closed
  for (const [tag] of svg.matchAll(/<[^>]+>/g)) depth += tag.startsWith("</") ? -1 : tag.endsWith("/>") ? 0 : 1;
  expect(depth).toBe(0);
});

test("a run under way is one line, cut to the terminal", () => {
  const underway = { run, steps: 34_250, reward1000: 11.674, rate: 5 };
  expect(progressLine(underway)).toBe("default/seed3  34,250 of 72,000, 47 %  reward 11.67  2:05:50 left");
  expect(progressLine(underway, 20)).toBe("default/seed3  34,2…");
  expect(progressLine({ run, steps: 0, reward1000: undefined, rate: undefined })).toBe(
    "default/seed3  0 of 72,000, 0 %",
  );
});

test("a teach under way is heard by its JSON lines, and anything else says nothing", () => {
  expect(hear('{"type":"robot","sequence":40,"steps":20}')).toEqual({ steps: 40 });
  expect(hear('{"type":"learner","steps":40,"reward1000":5.5}')).toEqual({ steps: 40, reward1000: 5.5 });
  expect(hear('{"type":"note","text":"x"}')).toEqual({});
  expect(hear("Killed")).toEqual({});
});
