import { spawnSync } from "node:child_process";
import { mkdtempSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { expect, test } from "vitest";
import { type CameraSpeed, cameraLines } from "../../../runtime/cli/bench/camera.ts";
import { cpuSeconds } from "../../../runtime/cli/bench/process-cpu.ts";

const MAIN = resolve(import.meta.dirname, "../../../dist/runtime/cli/main.js");
const FAKE = resolve(import.meta.dirname, "../../drivers/camera/fake-ffmpeg.mjs");

function bench(...args: string[]) {
  const temporary = mkdtempSync(join(tmpdir(), "reverie-camera-test-"));
  try {
    const options = { encoding: "utf8", env: { ...process.env, TMPDIR: temporary } } as const;
    const { stdout, stderr, status } = spawnSync(process.execPath, [MAIN, "bench", "camera", ...args], options);
    return { stdout, stderr, status, left: readdirSync(temporary).filter((name) => name.startsWith("reverie-")) };
  } finally {
    rmSync(temporary, { recursive: true, force: true });
  }
}

test("both ways of scaling are measured, and nothing is left behind", () => {
  const { stdout, stderr, status, left } = bench("--seconds=1", "--json", `--ffmpeg=${FAKE}`);
  expect(status, stderr).toBe(0);
  const speed = JSON.parse(stdout) as CameraSpeed;
  expect(speed).toMatchObject({ cameras: 2, shape: [64, 64, 3], source: { width: 640, height: 480, rateHz: 30 } });
  expect(speed.phases.map(({ scaledBy }) => scaledBy)).toEqual(["ffmpeg", "here"]);
  for (const { framesPerSecond, ageMs, receiverShare, cpuShare } of speed.phases) {
    expect(framesPerSecond).toHaveLength(2);
    for (const rate of framesPerSecond) expect(rate).toBeGreaterThan(1);
    expect(ageMs.p50).toBeGreaterThan(0);
    expect(ageMs.max).toBeGreaterThanOrEqual(ageMs.p99);
    expect(receiverShare).toBeGreaterThan(0);
    if (process.platform === "linux") expect(cpuShare).toBeGreaterThan(0);
  }
  expect(cameraLines(speed)[1]).toBe("scaled by ffmpeg");
  expect(left).toEqual([]);
}, 120_000);

test("without ffmpeg it says how to get it", () => {
  const { stderr, status } = bench("--ffmpeg=no-such-ffmpeg");
  expect(status).not.toBe(0);
  expect(stderr).toContain("found no such program; install it, as with: sudo apt install ffmpeg");
});

test.skipIf(process.platform !== "linux")("the CPU time of a process is what it says of itself", () => {
  const own = process.cpuUsage();
  expect(cpuSeconds([process.pid])).toBeCloseTo((own.user + own.system) / 1e6, 0);
  expect(cpuSeconds([process.pid, 2 ** 22 + 1])).toBeUndefined();
});
