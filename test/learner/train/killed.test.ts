import { type ChildProcess, fork } from "node:child_process";
import { once } from "node:events";
import { existsSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { Experience } from "../../../learner/train/experience.ts";
import type { LearnerEvent } from "../../../learner/train/status.ts";
import { FakeRobot, SCHEMA } from "./fake-robot.ts";

const ENTRY = new URL("../../../dist/test/learner/train/fake-process.js", import.meta.url);

let run: string;
let child: ChildProcess | undefined;
beforeEach(() => {
  run = mkdtempSync(join(tmpdir(), "reverie-"));
});
afterEach(() => {
  child?.kill("SIGKILL");
  rmSync(run, { recursive: true, force: true });
});

async function event<T extends LearnerEvent["type"]>(type: T): Promise<Extract<LearnerEvent, { type: T }>> {
  for (;;) {
    const [message] = (await once(child!, "message")) as [LearnerEvent];
    if (message.type === type) return message as Extract<LearnerEvent, { type: T }>;
  }
}

async function start(): Promise<string> {
  child = fork(ENTRY, [run, "tcp://127.0.0.1:*"]);
  return (await event("ready")).endpoint;
}

test("a learner killed at any moment keeps every step it acked, and goes on from a checkpoint", {
  timeout: 30_000,
}, async () => {
  let next = 0;
  let acked = 0;
  let version = 0;
  for (let life = 0; life < 3; life++) {
    const robot = new FakeRobot(await start());
    await robot.hello({ next, policyVersion: version });
    const { resume } = await robot.expect("welcome");
    expect(resume).toBeGreaterThanOrEqual(acked);
    expect(resume).toBeLessThanOrEqual(next);
    next = resume;
    for (let batch = 0; batch < 30; batch++, next += 10) await robot.rows(next, 10);
    ({ next: acked } = await robot.expect("ack"));
    const { manifest } = await robot.expect("weights");
    expect(manifest.policyVersion).toBeGreaterThan(version);
    version = manifest.policyVersion;
    await expect.poll(() => existsSync(join(run, "learner", "checkpoints", "latest")), { timeout: 5000 }).toBe(true);
    child!.kill("SIGKILL");
    await once(child!, "exit");
    robot.close();
  }
  const endpoint = await start();
  const robot = new FakeRobot(endpoint);
  await robot.hello({ next, policyVersion: version });
  const { resume } = await robot.expect("welcome");
  await robot.rows(resume, next - resume + 1);
  await robot.expect("ack", ({ next: durable }) => durable === next + 1);
  child!.kill("SIGTERM");
  const { status } = await event("stopped");
  robot.close();
  expect(status.steps).toBe(next + 1);
  expect(status.resumed?.updates).toBeGreaterThan(0);

  const counters: number[] = [];
  const experience = new Experience({
    images: true,
    directory: join(run, "learner", "log"),
    schema: SCHEMA,
    capacity: 10_000,
    onRing: () => {},
    onStep: ({ observation }) => counters.push(observation.counter![0]!),
    onDurable: () => {},
    report: (line) => expect(line).toMatch(/torn tail/),
  });
  await experience.restore({});
  await experience.close();
  expect(counters).toEqual(Array.from({ length: next + 1 }, (_, i) => i));
});
