import { readFileSync } from "node:fs";
import { resolve } from "node:path";
import { expect, test } from "vitest";
import { loadRobot } from "../../../robots/catalogue.ts";
import { carriedSpec } from "../../../runtime/cli/drivers.ts";
import { libraryFiles, loadScenario } from "../../../runtime/cli/hil/library.ts";
import { robotDefaults } from "../../../runtime/cli/robot-settings.ts";
import { safetyPage } from "../../../runtime/governor/safety-page.ts";

const files = libraryFiles();
const scenarios = files.map((file) => loadScenario(file));

/** Rows of a part of the page that this robot really has. */
async function rowsOf(robot: string): Promise<string[]> {
  const definition = await loadRobot(robot);
  const settings = robotDefaults(robot, definition);
  const sighted = Object.entries(settings.camera).map(([name, camera]) => [name, { ...camera, from: "sim" }]);
  const spec = carriedSpec(definition, { ...settings, camera: Object.fromEntries(sighted) });
  const page = safetyPage(spec, definition.task(settings.task), settings.runtime);
  const part = page.slice(
    page.indexOf("what is watched"),
    page.indexOf("measured here, with the robot's own settings"),
  );
  const rows = part.filter((line) => line.startsWith("  ") && !line.includes("not watched: this robot sets no limit"));
  return rows.map((line) => line.trim().split(/ {2,}/)[0]!);
}

test("every scenario is for robots that there are, and names their joints", async () => {
  for (const [i, file] of files.entries()) {
    expect(file.endsWith(`/${scenarios[i]!.name}.json`)).toBe(true);
    for (const robot of scenarios[i]!.robots) loadScenario(file, await loadRobot(robot));
  }
});

test("every row of the safety page of an arm has a scenario that shows it, and no scenario shows a row there is not", async () => {
  const covered = new Set(scenarios.flatMap(({ covers }) => covers));
  const rows = await rowsOf("so101");
  expect(rows.length).toBeGreaterThan(15);
  expect(rows.filter((row) => !covered.has(row))).toEqual([]);
  const readme = readFileSync(resolve(import.meta.dirname, "../../../README.md"), "utf8");
  const table = readme.slice(readme.indexOf("## What happens when"), readme.indexOf("Measured with `bench failures`"));
  const failures = [...table.matchAll(/^\| (the .*?|no command .*?) +\|/gm)].map(([, row]) => row!);
  expect(failures).toHaveLength(9);
  expect(failures.filter((row) => !covered.has(row))).toEqual([]);
  expect([...covered].filter((row) => !rows.includes(row) && !failures.includes(row))).toEqual([]);
});

test.each(["ur5", "xarm", "go2"])("what a machine on ROS 2 can do to %s has scenarios that show it", async (robot) => {
  const rows = await rowsOf(robot);
  const its = scenarios.filter(({ robots }) => robots.includes(robot)).flatMap(({ covers }) => covers);
  expect(its).toContain("sample");
  expect(its.filter((row) => !rows.includes(row) && !/^(the|no command) /.test(row))).toEqual([]);
  if (robot !== "xarm") expect(its).toContain("emergency stop");
});
