import { expect, test } from "vitest";
import { phaseLines } from "../../../runtime/cli/bench/lines.ts";
import { phaseOf } from "../../../runtime/cli/bench/phase.ts";
import type { RobotStatus } from "../../../runtime/supervisor/status.ts";
import { NO_GOVERNOR } from "../../../runtime/supervisor/status.ts";

const status = {
  ...NO_GOVERNOR,
  state: "engaged",
  loop: { ...NO_GOVERNOR.loop, lateness: { p50Ms: 0.0061, p99Ms: 0.84, p999Ms: 2, maxMs: 3.0604 } },
  ticks: 90,
  missedTicks: 10,
  dueTicks: 100,
  starvedTicks: 2,
  gc: { count: 3, longestMs: 1.25, totalMs: 2.5 },
  scheduling: "SCHED_FIFO 50, core 1",
} as RobotStatus;

test("a phase is what the robot's status says, in µs", () => {
  const phase = phaseOf(status, 60);
  expect(phase).toMatchObject({
    seconds: 60,
    latenessUs: { p50: 6, p99: 840, p999: 2000, max: 3060 },
    dueTicks: 100,
    ticks: 90,
    overruns: 10,
    starvedTicks: 2,
    gc: { count: 3, longestMs: 1.25, totalMs: 2.5 },
  });
  const lines = phaseLines("nobody learns", phase);
  expect(lines[0]).toBe("nobody learns: SCHED_FIFO 50, core 1");
  expect(lines).toContain("  lateness          6      840     2000     3060");
  expect(lines).toContain("  servo ticks: 100 due, 90 run, 10 missed; policy ticks starved: 2; holds: 0");
});

test("a machine that stood still at the end is said to", () => {
  const standstill = { cause: "tilt", text: "expected less", sinceMs: 0 } as const;
  const phase = phaseOf({ ...status, state: "held", standstill }, 1);
  expect(phaseLines("x", phase).at(-1)).toBe("  at the end it stood still: held: expected less");
});

test("a tick that nobody counted ends the measurement", () => {
  expect(() => phaseOf({ ...status, ticks: 89 }, 60)).toThrow(
    "bench loop: expected 100 servo ticks, found 89 run and 10 missed",
  );
});
