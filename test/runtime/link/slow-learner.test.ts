import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { CALM } from "../../../runtime/cli/chaos/rough-line.ts";
import { FarLearner } from "../../fakes/far-learner.ts";

let far: FarLearner;
beforeEach(async () => {
  far = await FarLearner.open();
});
afterEach(() => far.close());

/** Beyond what the process had before; both sides live in it. The log's buffers and the window are most of it. */
const MOST_MB = 64;
const STEPS = 40_000;

test("a line of 20 kB/s: both sides stay small, the disk has the rest, and all of it arrives when the line is free", {
  timeout: 60_000,
}, async () => {
  far.line.weather = { ...CALM, bytesPerSecond: 20_000 };
  const robot = far.robot({ silentMs: 5000, resendMs: 60_000 });
  const before = process.memoryUsage.rss();
  let most = 0;
  for (let from = 0; from < STEPS; from += 2000) {
    robot.feed(from, from + 2000);
    await new Promise((resolve) => setTimeout(resolve, 1));
    most = Math.max(most, process.memoryUsage.rss() - before);
  }
  expect(robot.link.status.spoolDepth).toBeGreaterThan(STEPS / 2);
  expect(most / 2 ** 20).toBeLessThan(MOST_MB);
  far.line.weather = CALM;
  await vi.waitFor(() => expect(robot.link.status.acked).toBe(STEPS), { timeout: 50_000, interval: 50 });
  expect(far.intake.steps.length).toBe(STEPS);
  expect(far.intake.steps.every(({ sequence }, i) => sequence === i)).toBe(true);
  await robot.link.close();
});
