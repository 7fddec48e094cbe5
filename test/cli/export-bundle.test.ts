import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { exportRun } from "../../runtime/cli/export.ts";
import { policyOfRun, publishedPolicy } from "../../runtime/cli/policy-source.ts";
import { reacherRun } from "./reacher-run.ts";

const log = vi.spyOn(console, "log").mockImplementation(() => {});
let directory = "";
let run = "";
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), "reverie-bundle-"));
  run = reacherRun();
  log.mockClear();
});
afterEach(() => {
  for (const each of [directory, run]) rmSync(each, { recursive: true, force: true });
});

test("the newest policy of a run becomes a bundle that can be played, half the size", async () => {
  const path = join(directory, "policy");
  expect(await exportRun([run, "--bundle", path])).toBe(0);
  const { bundle } = publishedPolicy("reacher", path);
  const { bundle: original } = policyOfRun(run);
  expect(bundle.manifest).toEqual({ ...original.manifest, weightsHash: bundle.manifest.weightsHash });
  expect(bundle.graph).toEqual(original.graph);
  for (const [name, { shape, data }] of Object.entries(original.weights)) {
    expect(bundle.weights[name]!.shape).toEqual(shape);
    data.forEach((value, i) => {
      expect(Math.abs(bundle.weights[name]!.data[i]! - value)).toBeLessThanOrEqual(Math.abs(value) * 2 ** -11);
    });
  }
  expect(readFileSync(join(path, "weights.safetensors")).toString("latin1")).toContain('"F16"');
  expect(readdirSync(path).sort()).toEqual(["done", "graph.onnx", "manifest.json", "weights.safetensors"]);
  expect(log.mock.calls.flat().join("\n")).toMatch(/policy: policy 7 of reacher, learned from 700 steps, [\d.]+ MB$/);
});

test("a bundle is replaced, anything else is not", async () => {
  const path = join(directory, "policy");
  await exportRun([run, "--bundle", path]);
  await exportRun([run, "--bundle", path]);
  expect(readdirSync(directory)).toEqual(["policy"]);
  writeFileSync(join(directory, "diary.txt"), "mine");
  await expect(exportRun([run, "--bundle", directory])).rejects.toThrow("expected no directory there yet, or a bundle");
  expect(readFileSync(join(directory, "diary.txt"), "utf8")).toBe("mine");
});

test("settings it was learned with, which a player would not have by itself, are said", async () => {
  writeFileSync(join(run, "config.json"), JSON.stringify({ robot: "reacher", task: { goalX: 0.1 } }));
  await exportRun([run, "--bundle", join(directory, "policy")]);
  expect(log.mock.calls.flat()).toContain("learned with --task.goalX=0.1, where the robot's own is 0.02");
});
