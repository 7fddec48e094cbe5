import { spawnSync } from "node:child_process";
import * as fs from "node:fs";
import { homedir, tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { REACHER } from "../../../robots/reacher/reacher.ts";
import {
  type MeasuredRow,
  measuredPath,
  readMeasured,
  saveMeasured,
} from "../../../runtime/cli/failures/measured-file.ts";
import { measuredTable } from "../../../runtime/cli/failures/measured-page.ts";
import { RUNTIME_DEFAULTS } from "../../../runtime/defaults.ts";
import { safetyPage } from "../../../runtime/governor/safety-page.ts";

const MAIN = resolve(import.meta.dirname, "../../../dist/runtime/cli/main.js");

let directory = "";
let file = "";
beforeEach(() => {
  directory = fs.mkdtempSync(join(tmpdir(), "reverie-measured-"));
  file = measuredPath("reacher", { XDG_STATE_HOME: directory }, "here");
});
afterEach(() => fs.rmSync(directory, { recursive: true, force: true, maxRetries: 20, retryDelay: 100 }));

const row: MeasuredRow = {
  cause: "policy",
  how: "kill",
  endState: "limp",
  ms: { p50: 9.4, max: 21.2 },
  missedTicks: 0,
  starvedTicks: 1,
  trials: 20,
  date: "2026-11-21T10:00:00.000Z",
  load: 2.14,
};
const pageOf = (rows: readonly MeasuredRow[]) =>
  safetyPage(REACHER.spec, REACHER.task(REACHER.settings), RUNTIME_DEFAULTS, measuredTable(rows)).join("\n");

test("it lies in the user's state directory, by computer and robot", () => {
  expect(file).toBe(join(directory, "reverie", "failures", "here", "reacher.json"));
  const usual = join(homedir(), ".local", "state", "reverie", "failures", "here", "a1.json");
  expect(measuredPath("a1", {}, "here")).toBe(usual);
  expect(measuredPath("a1", { XDG_STATE_HOME: "relative" }, "here")).toBe(usual);
});

test("a row replaces the one of the same failure, and the others stay", () => {
  const other = { ...row, how: "busy" } as const;
  const { how, ...none } = { ...row, cause: "nothing" } as const;
  saveMeasured(file, "reacher", row, "here");
  saveMeasured(file, "reacher", other, "here");
  saveMeasured(file, "reacher", { ...none, how: undefined }, "here");
  saveMeasured(file, "reacher", { ...none, how: undefined, trials: 3 }, "here");
  const newer = { ...row, ms: { p50: 1, max: 2 } };
  saveMeasured(file, "reacher", newer, "here");
  expect(readMeasured(file, "reacher", "here")).toEqual([other, { ...none, trials: 3 }, newer]);
  expect(fs.readdirSync(join(file, ".."))).toEqual(["reacher.json"]);
});

test.each<[string, (text: string) => string | undefined]>([
  ["missing", () => undefined],
  ["empty", () => ""],
  ["cut short", (text) => text.slice(0, text.length / 2)],
  ["not of this format", (text) => text.replace('"format": 1', '"format": 2')],
  ["of another robot", (text) => text.replace('"robot": "reacher"', '"robot": "a1"')],
  ["of another computer", (text) => text.replace('"host": "here"', '"host": "there"')],
  ["something else", () => '["reacher"]'],
  ["nothing", () => "null"],
  ["without rows", () => '{"format": 1, "robot": "reacher", "host": "here", "rows": 7}'],
  ["of a failure nobody knows", (text) => text.replace('"kill"', '"poison"')],
  ["without numbers", (text) => text.replace("9.4", '"soon"')],
  ["from no day", (text) => text.replace("2026-11-21T10", "yesterday")],
])("a file that is %s is no error: the page says that nothing was measured", (_, damage) => {
  saveMeasured(file, "reacher", row, "here");
  const damaged = damage(fs.readFileSync(file, "utf8"));
  if (damaged === undefined) fs.rmSync(file);
  else fs.writeFileSync(file, damaged);
  const rows = readMeasured(file, "reacher", "here");
  expect(rows).toEqual([]);
  expect(pageOf(rows)).toContain("not measured on this computer: reverie bench failures --robot reacher");
});

test("the page shows the worst of the ways to fail, and says so where the robot was not always safe", () => {
  const thrown: MeasuredRow = { ...row, how: "throw", ms: { p50: 12, max: 13 }, date: "2026-10-01T00:00:00.000Z" };
  const went: MeasuredRow = { ...row, cause: "link", endState: "goes on", ms: { p50: 10, max: 14 } };
  const page = pageOf([row, thrown, went]);
  expect(page).toMatch(/\n {2}policy died +p50 12, max 21 ms to "limp" \(40 trials, 2026-10-01, load 2\.1\)/);
  expect(page).toMatch(/\n {2}link, learner die +p50 10, max 14 ms without a command, and it goes on \(20 trials/);
  expect(page).not.toContain("not measured");
  expect(pageOf([{ ...went, endState: "limp, goes on" }])).toMatch(/it goes on, in some trials by way of "limp" \(20/);
  expect(pageOf([row, { ...thrown, endState: "limp, goes on" }])).toMatch(
    /policy died +.*NOT ALWAYS SAFE: limp, goes on/,
  );
});

test.runIf(fs.existsSync("/proc"))(
  "bench failures --json says what came of it in one object, keeps it, and the safety page shows it",
  () => {
    const options = { encoding: "utf8", env: { ...process.env, XDG_STATE_HOME: directory } } as const;
    const reverie = (...args: string[]) => spawnSync(process.execPath, [MAIN, ...args], options);
    const only = ["--trials=1", "--cause=policy", "--how=kill"];
    const { stdout, stderr, status } = reverie("bench", "failures", "--robot=reacher", ...only, "--json");
    expect(status, stderr).toBe(0);
    const { saved, ...result } = JSON.parse(stdout);
    const counts = { missedTicks: expect.any(Number), starvedTicks: expect.any(Number), trials: 1 };
    const ms = { p50: expect.any(Number), max: expect.any(Number) };
    expect(result).toEqual({
      robot: "reacher",
      trials: 1,
      load: expect.any(Number),
      rows: [{ cause: "policy", how: "kill", endState: "limp", ms, ...counts }],
      missing: [],
    });
    expect(readMeasured(saved, "reacher")).toMatchObject(result.rows);
    const { page } = JSON.parse(reverie("safety", "reacher", "--json").stdout) as { page: string[] };
    const p50 = result.rows[0].ms.p50.toFixed(0);
    expect(page.join("\n")).toMatch(new RegExp(`\\n {2}policy died +p50 ${p50}, max ${p50} ms to "limp" \\(1 trials`));
  },
  90_000,
);
