import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { CALM } from "../../../runtime/cli/chaos/rough-line.ts";
import { FarLearner } from "../../fakes/far-learner.ts";
import { type RobotLink, upTo } from "../../fakes/robot-link.ts";

const soon = { timeout: 8000, interval: 5 };

let far: FarLearner;
beforeEach(async () => {
  far = await FarLearner.open();
});
afterEach(() => far.close());

const robot = (flushMs: number) => far.robot({ flushMs });

/** The learner has 10 steps, then cannot be reached; the robot has noticed, and has 5 more. */
async function loseLearner({ link, feed }: RobotLink): Promise<void> {
  feed(0, 10);
  await vi.waitFor(() => expect(link.status).toMatchObject({ acked: 10, state: "connected" }), soon);
  far.line.weather = { ...CALM, refusing: true };
  far.line.cut();
  await vi.waitFor(() => expect(link.status.state).toBe("connecting"), soon);
  feed(10, 15);
}

test("a link that ends while its connection is being made anew still brings the last steps", async () => {
  const its = robot(6000);
  await loseLearner(its);
  const closing = its.link.close();
  far.line.weather = CALM;
  await closing;
  expect(its.link.status).toMatchObject({ acked: 15, state: "closed" });
  expect(far.intake.steps.map(({ sequence }) => sequence)).toEqual(upTo(15));
});

test("a link that has only just begun when it is ended brings what it has", async () => {
  const its = robot(6000);
  its.feed(0, 5);
  await its.link.close();
  expect(far.intake.steps.map(({ sequence }) => sequence)).toEqual(upTo(5));
});

test("a link that is ended while it makes a connection does not live on", async () => {
  const its = robot(6000);
  its.feed(0, 5);
  await its.link.close(0);
  await its.link.ended;
  await new Promise((resolve) => setTimeout(resolve, 300));
  expect(its.link.status.state).toBe("closed");
  expect(far.intake.steps).toEqual([]);
});

test("a link that has had no learner for longer than it would wait ends at once, and keeps the steps", async () => {
  const its = robot(500);
  await loseLearner(its);
  await new Promise((resolve) => setTimeout(resolve, 550));
  const beganMs = performance.now();
  await its.link.close();
  expect(performance.now() - beganMs).toBeLessThan(400);
  far.line.weather = CALM;
  const next = robot(6000);
  await vi.waitFor(() => expect(next.link.status.acked).toBe(15), soon);
  await next.link.close();
  expect(far.intake.steps.map(({ sequence }) => sequence)).toEqual(upTo(15));
});
