import { execFileSync } from "node:child_process";
import { mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { describeMaker, readSessions, recordSession } from "../../../runtime/cli/experiment/made-by.ts";

let top: string;
beforeEach(() => {
  top = mkdtempSync(join(tmpdir(), "reverie-made-by-"));
  writeFileSync(join(top, "package.json"), '{"version": "1.2.3"}');
});
afterEach(() => rmSync(top, { recursive: true, force: true }));

const git = (...args: string[]) =>
  execFileSync("git", ["-C", top, "-c", "user.name=x", "-c", "user.email=x@example.org", ...args], {
    encoding: "utf8",
  });

test("names the commit and whether tracked files differ from it", () => {
  git("init", "-q");
  git("add", ".");
  git("commit", "-qm", "first");
  const commit = git("rev-parse", "HEAD").trim();
  expect(describeMaker(top)).toMatchObject({ version: "1.2.3", commit, dirty: false, node: process.version });
  writeFileSync(join(top, "notes.txt"), "not tracked");
  expect(describeMaker(top).dirty).toBe(false);
  writeFileSync(join(top, "package.json"), '{"version": "1.2.4"}');
  expect(describeMaker(top)).toMatchObject({ version: "1.2.4", commit, dirty: true });
});

test("without a git, or inside somebody else's, there is no commit", () => {
  expect(describeMaker(top)).toMatchObject({ version: "1.2.3", commit: undefined, dirty: undefined });
  git("init", "-q");
  git("add", ".");
  git("commit", "-qm", "theirs");
  const inside = join(top, "node_modules", "reverie");
  mkdirSync(inside, { recursive: true });
  writeFileSync(join(inside, "package.json"), '{"version": "1.0.0"}');
  expect(describeMaker(inside).commit).toBeUndefined();
});

test("each start is kept, and nothing else is left behind", () => {
  const maker = describeMaker(top);
  const run = join(top, "line", "seed0");
  expect(readSessions(run)).toEqual([]);
  recordSession(run, { ...maker, began: "2026-01-01T00:00:00.000Z", fromStep: 0 });
  recordSession(run, { ...maker, began: "2026-01-02T00:00:00.000Z", fromStep: 500 });
  expect(readSessions(run).map(({ fromStep, version }) => [fromStep, version])).toEqual([
    [0, "1.2.3"],
    [500, "1.2.3"],
  ]);
  expect(readdirSync(run)).toEqual(["made-by.json"]);
});
