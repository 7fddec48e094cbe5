import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { writeRunSchema } from "../../../learner/train/run-schema.ts";
import type { RobotDefinition } from "../../../robots/definition.ts";
import { REACHER } from "../../../robots/reacher/reacher.ts";
import { parsePlan } from "../../../runtime/cli/experiment/plan.ts";
import { differenceFrom, plannedRuns } from "../../../runtime/cli/experiment/planned-run.ts";
import { readResults, stepsDone } from "../../../runtime/cli/experiment/results.ts";
import { savable } from "../../../runtime/config.ts";

let top: string;
beforeEach(() => {
  top = mkdtempSync(join(tmpdir(), "reverie-results-"));
});
afterEach(() => rmSync(top, { recursive: true, force: true }));

const planned = (plan: object) => {
  const text = JSON.stringify({ robot: "reacher", steps: 8000, seeds: [0, 1], ...plan });
  return plannedRuns("lab.json", parsePlan("lab.json", text), REACHER as unknown as RobotDefinition, top);
};

/** A run directory as `teach` leaves it. */
function leave(directory: string, metrics: readonly object[]): void {
  writeRunSchema(join(directory, "learner"), {
    robot: "reacher",
    task: "reach",
    observation: [],
    action: [],
    joints: [],
    policyRateHz: 20,
    rewardOffset: 0,
    canTerminate: false,
  });
  writeFileSync(
    join(directory, "learner", "metrics.jsonl"),
    metrics.map((line) => `${JSON.stringify(line)}\n`).join(""),
  );
}

const line = (steps: number, reward: number, upright?: number) => ({
  time: new Date(steps * 60).toISOString(),
  ...{ steps, updates: 1, reward1000: reward, reward6000: reward },
  metrics: { kl: 1, ...(upright === undefined ? {} : { upright }) },
});

test("a run is as far as its metrics say, upright included; one that is not there has none", () => {
  const runs = planned({});
  leave(runs[0]!.directory, [line(4000, 5, 0.5), line(8000, 7, 1)]);
  expect(runs.map(stepsDone)).toEqual([8000, 0]);
  const [result] = readResults(runs, [6]);
  expect(result!.runs.map(({ complete }) => complete)).toEqual([true, false]);
  expect(result!.runs[0]!.numbers).toMatchObject({ steps: 8000, reward: 7, passedAt: [8000], upright: 0.75 });
  expect(result!.runs[1]!.numbers).toBeUndefined();
  expect(result!.curve.map(({ steps, mean }) => [steps, mean])).toEqual([
    [4000, 5],
    [8000, 7],
  ]);
});

test("a run made with another setting is named with it; one the code of then did not know makes no difference", () => {
  const [run] = planned({});
  expect(differenceFrom(run!)).toBeUndefined();
  mkdirSync(run!.directory, { recursive: true });
  const save = (settings: object) =>
    writeFileSync(join(run!.directory, "config.json"), JSON.stringify(savable(settings)));
  save({ ...run!.settings, old: 3 });
  expect(differenceFrom(run!)).toBeUndefined();
  save({ ...run!.settings, task: { goalX: 0.5 } });
  const { goalX } = REACHER.settings;
  expect(differenceFrom(run!)).toBe(`${run!.directory}: expected a run with task.goalX ${goalX}, found one with 0.5`);
});
