import { spawnSync } from "node:child_process";
import { resolve } from "node:path";
import { expect, test } from "vitest";
import type { Ros2Speed } from "../../../runtime/cli/bench/ros2.ts";

const MAIN = resolve(import.meta.dirname, "../../../dist/runtime/cli/main.js");

test("joint states are measured from another process, at every rate", () => {
  const { stdout, stderr, status } = spawnSync(process.execPath, [MAIN, "bench", "ros2", "--seconds=1", "--json"], {
    encoding: "utf8",
  });
  expect(status, stderr).toBe(0);
  const { joints, rates } = JSON.parse(stdout) as Ros2Speed;
  expect(joints).toBe(12);
  expect(rates.map(({ rateHz }) => rateHz)).toEqual([100, 200, 500]);
  for (const { ageUs, arrivingHz, cpuShare, rateHz, sentHz } of rates) {
    expect(arrivingHz).toBeGreaterThan(0.5 * sentHz);
    expect(arrivingHz).toBeLessThan(1.5 * rateHz);
    expect(ageUs.p50).toBeGreaterThan(0);
    expect(ageUs.max).toBeGreaterThanOrEqual(ageUs.p99);
    expect(cpuShare).toBeGreaterThan(0);
  }
}, 60_000);
