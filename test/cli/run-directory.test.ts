import { spawnSync } from "node:child_process";
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { RunDirectory } from "../../runtime/cli/run-directory.ts";

let top: string;
let path: string;
beforeEach(() => {
  top = mkdtempSync(join(tmpdir(), "reverie-run-"));
  path = join(top, "runs", "a1");
});
afterEach(() => rmSync(top, { recursive: true, force: true }));

test("what was written is read, and nothing else is left behind", () => {
  const run = new RunDirectory(path);
  expect(run.readConfig()).toBeUndefined();
  run.writeConfig({ robot: "a1", limit: Number.POSITIVE_INFINITY });
  expect(run.readConfig()).toEqual({ robot: "a1", limit: "Infinity" });
  run.close();
  run.close();
  expect(readdirSync(path)).toEqual(["config.json"]);
});

test("what changed is kept with its time, one line each; a start that changes nothing leaves no trace", () => {
  const run = new RunDirectory(path);
  const history = join(path, "config-history.jsonl");
  run.recordChanges([]);
  expect(existsSync(history)).toBe(false);
  const now = () => new Date(0);
  run.recordChanges([{ setting: "task.pushSpeed", was: 0, is: 1 }], now);
  run.recordChanges([{ setting: "task.maxPositionError", was: 0.2, is: Number.POSITIVE_INFINITY }], now);
  run.close();
  const lines = readFileSync(history, "utf8").trim().split("\n");
  expect(lines.map((line) => JSON.parse(line))).toEqual([
    { time: "1970-01-01T00:00:00.000Z", setting: "task.pushSpeed", was: 0, is: 1 },
    { time: "1970-01-01T00:00:00.000Z", setting: "task.maxPositionError", was: 0.2, is: "Infinity" },
  ]);
  new RunDirectory(path).close();
});

test("two runs never share a directory", () => {
  const first = new RunDirectory(path);
  expect(() => new RunDirectory(path)).toThrow(
    `${path}: expected a free run directory, found it in use by process ${process.pid}`,
  );
  first.close();
  new RunDirectory(path).close();
});

test("the lock of a process that died is taken over, and that is said", () => {
  const { pid } = spawnSync(process.execPath, ["-e", ""]);
  mkdirSync(path, { recursive: true });
  writeFileSync(join(path, "lock"), JSON.stringify({ pid, started: "1" }));
  const run = new RunDirectory(path);
  expect(run.notes).toContain(`${path}: took over from process ${pid}, which ended without closing it`);
  expect(JSON.parse(readFileSync(join(path, "lock"), "utf8")).pid).toBe(process.pid);
  run.close();
});

test.runIf(process.platform === "linux")("a process number that another process has now does not keep the lock", () => {
  mkdirSync(path, { recursive: true });
  writeFileSync(join(path, "lock"), JSON.stringify({ pid: process.pid, started: "1" }));
  new RunDirectory(path).close();
});

test.each(["", "{", "[]", '{"pid":-1}'])("a lock that says %j is nobody's", (text) => {
  mkdirSync(path, { recursive: true });
  writeFileSync(join(path, "lock"), text);
  new RunDirectory(path).close();
});

test("a lock that was taken over meanwhile is left to its new owner", () => {
  const run = new RunDirectory(path);
  writeFileSync(join(path, "lock"), JSON.stringify({ pid: 1, started: "" }));
  run.close();
  expect(readdirSync(path)).toContain("lock");
});

test("a directory with other things in it is not made a run", () => {
  mkdirSync(path, { recursive: true });
  writeFileSync(join(path, "thesis.tex"), "");
  expect(() => new RunDirectory(path)).toThrow(`${path}: expected an empty directory or a run, found thesis.tex in it`);
  expect(readdirSync(path)).toEqual(["thesis.tex"]);
});

test("a file is not a run", () => {
  writeFileSync(join(top, "file"), "");
  expect(() => new RunDirectory(join(top, "file"))).toThrow(/file: expected a directory for the run, found EEXIST/);
});

test("a damaged config.json is named, and kept", () => {
  const run = new RunDirectory(path);
  run.writeConfig({ robot: "a1" });
  const file = join(path, "config.json");
  const half = readFileSync(file, "utf8").slice(0, 5);
  writeFileSync(file, half);
  expect(() => run.readConfig()).toThrow(`${file}: expected the settings of this run as JSON, found damage`);
  expect(readFileSync(file, "utf8")).toBe(half);
  run.close();
});
