import * as fs from "node:fs";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { childPid, ForkedRobot, RUNTIME } from "./forked-robot.ts";

const soon = { timeout: 20_000, interval: 10 };

let robot: ForkedRobot;
beforeEach(async () => {
  robot = await ForkedRobot.prepare();
});
afterEach(() => robot.close());

const upTo = (to: number) => Array.from({ length: to }, (_, i) => i);

test("in lockstep equal seeds give equal steps, to the bit, and the robot ends after the steps it was given", async () => {
  const streams: string[] = [];
  for (const _ of [0, 1]) {
    fs.rmSync(join(robot.run, "robot"), { recursive: true, force: true });
    await robot.renewLearner();
    robot.learner.permitAhead = 5;
    const summary = await robot.start({ steps: 120 }).ended;
    expect(summary).toMatchObject({ reason: "steps", status: { steps: 120, state: "engaged", lostSteps: 0 } });
    expect(robot.learner.received).toEqual(upTo(120));
    expect(robot.learner.byes).toBe(1);
    streams.push(Buffer.concat(robot.learner.rows).toString("base64"));
  }
  expect(streams[0]).toBe(streams[1]);
  expect(new Set(robot.steps.map(({ action }) => action[0])).size).toBeGreaterThan(5);
}, 60_000);

test("a run that is stopped goes on where it was: numbers, episode, the simulated machine", async () => {
  robot.learner.permitAhead = 5;
  await robot.start({ steps: 30 }).ended;
  await robot.start({ steps: 10 }).ended;
  expect(robot.learner.received).toEqual(upTo(40));
  const steps = robot.steps;
  expect(steps.filter(({ isFirst }) => isFirst).map(({ sequence }) => sequence)).toEqual([0, 30]);
  expect(steps[30]!.episode).toBe(steps[29]!.episode + 1);
  const distance = (a: number, b: number) =>
    Math.abs((steps[a]!.observation.arm as Float32Array)[0]! - (steps[b]!.observation.arm as Float32Array)[0]!);
  expect(distance(29, 30)).toBeLessThan(1);
  expect(robot.learner.hellos[0]!.stream).toBe(robot.learner.hellos[1]!.stream);
  expect(robot.notes).toEqual([]);
}, 60_000);

test.runIf(fs.existsSync("/proc"))(
  "policy, link and governor are killed in full run: it goes on and no step is missing",
  async () => {
    robot.learner.permitAhead = 20;
    const handle = robot.start();
    for (const name of ["policy", "link", "governor"]) {
      await vi.waitFor(() => expect(robot.learner.next).toBeGreaterThan(20), soon);
      const before = robot.learner.next;
      process.kill(childPid(handle, name), "SIGKILL");
      await vi.waitFor(() => expect(robot.notes.join()).toContain(`${name} died (ended by SIGKILL)`), soon);
      await vi.waitFor(() => expect(robot.learner.next).toBeGreaterThan(before + 200), soon);
    }
    const { status } = await handle.stop();
    expect(status.restarts).toEqual({ policy: 1, link: 1, governor: 1 });
    expect(robot.learner.received).toEqual(upTo(robot.learner.next));
    expect(robot.learner.gaps).toEqual([]);
    expect(robot.steps.filter(({ isFirst }) => isFirst).length).toBe(2);
    expect(robot.notes.join()).toContain("the robot was brought to its end state without it");
  },
  90_000,
);

test.runIf(fs.existsSync("/proc"))(
  "a killed supervisor takes everybody along, and the next start loses nothing",
  async () => {
    robot.learner.permitAhead = 5;
    const handle = robot.start();
    await vi.waitFor(() => expect(robot.learner.next).toBeGreaterThan(20), soon);
    const pids = ["policy", "link", "governor"].map((name) => childPid(handle, name));
    handle.kill();
    expect(await handle.ended).toMatchObject({ reason: "failed", failure: "supervisor: SIGKILL" });
    await vi.waitFor(() => expect(pids.filter((pid) => fs.existsSync(`/proc/${pid}`))).toEqual([]), soon);
    await robot.start({ steps: 10 }).ended;
    expect(robot.learner.gaps).toEqual([]);
    expect(robot.learner.received).toEqual(upTo(robot.learner.next));
  },
  60_000,
);

test.runIf(fs.existsSync("/proc"))(
  "a policy that hangs is noticed, and the run goes on with another",
  async () => {
    robot.learner.permitAhead = 5;
    const supervisor = { ...RUNTIME.supervisor, hangMs: 3000 };
    const handle = robot.start({ runtime: { ...RUNTIME, supervisor } });
    await vi.waitFor(() => expect(robot.learner.next).toBeGreaterThan(20), soon);
    await vi.waitFor(() => expect(robot.statuses.some(({ answerMs }) => answerMs > 0)).toBe(true), soon);
    process.kill(childPid(handle, "policy"), "SIGSTOP");
    await vi.waitFor(() => expect(robot.notes.join()).toContain("policy died (said nothing for 3000 ms)"), soon);
    const before = robot.learner.next;
    await vi.waitFor(() => expect(robot.learner.next).toBeGreaterThan(before + 20), soon);
  },
  60_000,
);

test("in lockstep a loop that waits for its learner is not taken for one that hangs", async () => {
  const supervisor = { ...RUNTIME.supervisor, governorHangMs: 100 };
  robot.learner.permitAhead = 5;
  const handle = robot.start({ runtime: { ...RUNTIME, supervisor } });
  await vi.waitFor(() => expect(robot.learner.next).toBeGreaterThan(20), soon);
  robot.learner.permitAhead = 0;
  const lately = () => robot.statuses.slice(-10).map(({ steps }) => steps);
  await vi.waitFor(() => expect(lately()).toEqual(Array(10).fill(robot.learner.next)), soon);
  const { status } = await handle.stop();
  expect(status.restarts.governor).toBe(0);
  expect(robot.notes).toEqual([]);
}, 60_000);

test("a learner's refusal and a setting out of range end the run in one line each", async () => {
  robot.learner.refuse = "this run learns another robot";
  expect(await robot.start().ended).toMatchObject({
    reason: "refused",
    failure: "the learner refused this robot: this run learns another robot",
  });
  const broken = await robot.start({ robot: "reacher", task: { windowSteps: -1 } }).ended;
  expect(broken.reason).toBe("failed");
  expect(broken.failure).toContain("windowSteps");
}, 60_000);
