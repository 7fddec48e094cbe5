import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, describe, expect, test, vi } from "vitest";
import { writeRunSchema } from "../../learner/train/run-schema.ts";
import { curveSvg } from "../../runtime/cli/curve-svg.ts";
import { plot } from "../../runtime/cli/plot.ts";

const runs: string[] = [];
afterEach(() => {
  for (const run of runs.splice(0)) rmSync(run, { recursive: true });
});

function makeRun(lines: readonly string[]): string {
  const run = mkdtempSync(join(tmpdir(), "plot-"));
  runs.push(run);
  mkdirSync(join(run, "learner"));
  writeRunSchema(join(run, "learner"), {
    robot: "a1",
    task: "walk",
    observation: [],
    action: [],
    joints: [],
    policyRateHz: 20,
    rewardOffset: 0,
    canTerminate: false,
  });
  writeFileSync(join(run, "learner", "metrics.jsonl"), lines.join("\n"));
  return run;
}

const METRICS = [
  '{"steps":1200,"updates":50,"reward1000":5,"reward6000":5.5}',
  '{"steps":2400,"updates":100,"reward1000":6.25,"reward6000":6}',
  '{"steps":3600,"upda',
];

describe("plot", () => {
  vi.spyOn(console, "log").mockImplementation(() => {});

  test("writes the numbers in robot minutes, and leaves out a line cut short", async () => {
    const run = makeRun(METRICS);
    const file = join(run, "curve.csv");
    expect(await plot([run, file])).toBe(0);
    const [header, ...rows] = readFileSync(file, "utf8").trim().split("\n");
    expect(header).toBe("run,steps,minutes,updates,reward1000,reward6000");
    expect(rows.map((row) => row.split(",").slice(1).join())).toEqual([
      "1200,1.000,50,5.0000,5.5000",
      "2400,2.000,100,6.2500,6.0000",
    ]);
  });

  test("draws one line a run", async () => {
    const run = makeRun(METRICS);
    const file = join(run, "curve.svg");
    await plot([run, makeRun(METRICS), file]);
    expect(readFileSync(file, "utf8").match(/<polyline/g)).toHaveLength(2);
  });

  test.each([
    [[], /expected <run> and <file>/],
    [["run", "curve.png"], /expected a file named \*\.svg or \*\.csv, found "curve\.png"/],
    [["/nowhere", "curve.svg"], /\/nowhere: expected a run that has learned/],
  ])("says what is wrong with %j", async (argv, message) => {
    await expect(plot(argv)).rejects.toThrow(message);
  });
});

test("a curve spans the picture, low values at the bottom, and text is escaped", () => {
  const svg = curveSvg("a < b", "x", "y", [
    {
      label: "one & two",
      points: [
        [0, 0],
        [10, 5],
      ],
    },
  ]);
  expect(svg).toContain("a &lt; b");
  expect(svg).toContain("one &amp; two");
  const label = /y="([\d.]+)"[^>]*>one &amp; two/.exec(svg)!;
  expect(Number(label[1])).toBeGreaterThan(380); // below the lines, never over them
  const [start, end] = /points="([^"]+)"/
    .exec(svg)![1]!
    .split(" ")
    .map((point) => point.split(",").map(Number));
  expect(start![0]).toBeLessThan(end![0]!);
  expect(start![1]).toBeGreaterThan(end![1]!);
  expect(() => curveSvg("empty", "x", "y", [])).toThrow("empty: expected points to draw, found none");
});
