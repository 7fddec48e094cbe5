import { spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, test } from "vitest";
import { MAIN } from "../fakes/reverie.ts";

test("a run goes on with pushes, says so, and keeps when that began", { timeout: 60_000 }, () => {
  const run = mkdtempSync(join(tmpdir(), "reverie-pushed-"));
  const teach = (...options: string[]) => {
    const args = [MAIN, "teach", "a1", "--run", run, "--clock=lockstep", "--steps=40", "--json", ...options];
    const { status, stdout, stderr } = spawnSync(process.execPath, args, { encoding: "utf8" });
    expect(status, stderr).toBe(0);
    return stdout;
  };
  try {
    expect(teach("--preset=robot-tiny")).not.toContain("was pushed");
    const pushed = teach("--task.pushSpeed=1", "--task.pushSeconds=0.2");
    expect(pushed).toContain("task.pushSpeed is 1 from now on, it was 0");
    expect(pushed).toMatch(/the simulated robot was pushed \d+ times/);
    const history = readFileSync(join(run, "config-history.jsonl"), "utf8").trim().split("\n");
    expect(history.map((line) => JSON.parse(line).setting)).toEqual(["task.pushSpeed", "task.pushSeconds"]);
    expect(JSON.parse(readFileSync(join(run, "config.json"), "utf8")).task.pushSpeed).toBe(1);
  } finally {
    rmSync(run, { recursive: true, force: true });
  }
});
