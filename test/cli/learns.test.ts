import { spawn } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, expect, test } from "vitest";
import { MAIN } from "../fakes/reverie.ts";

/** Held random actions earn 1.4 a step here, staying at the goal nearly 10. */
const LEARNED = 4.5;

const run = mkdtempSync(join(tmpdir(), "learns-"));
afterEach(() => rmSync(run, { recursive: true, force: true }));

test("a small robot learns its task, in its own processes", async () => {
  const args = ["teach", "reacher", "--run", run, "--clock=lockstep", "--preset=robot-tiny", "--steps=2500", "--json"];
  const settings = ["--learner.train.fill=500", "--learner.train.pretrain=50", "--learner.train.ratio=0.3"];
  const child = spawn(process.execPath, [MAIN, ...args, ...settings], { stdio: ["ignore", "ignore", "pipe"] });
  let stderr = "";
  child.stderr.setEncoding("utf8").on("data", (text: string) => {
    stderr += text;
  });
  expect(await new Promise((ended) => child.on("close", ended)), stderr).toBe(0);
  const metrics = readFileSync(join(run, "learner", "metrics.jsonl"), "utf8")
    .trim()
    .split("\n");
  const last = JSON.parse(metrics.at(-1)!) as { steps: number; reward1000: number };
  expect(last.steps).toBe(2500);
  expect(last.reward1000).toBeGreaterThan(LEARNED);
  const named = (name: string) =>
    metrics
      .map((line) => (JSON.parse(line) as { metrics: Record<string, number> }).metrics[name])
      .filter(Number.isFinite);
  expect(named("stage/at the goal").at(-1)).toBeGreaterThan(0);
  expect(named("openLoop/5/arm[rad]").at(-1)).toBeLessThan(named("still/5/arm[rad]").at(-1)!);
}, 180_000);
