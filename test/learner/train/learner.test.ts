import { readdirSync } from "node:fs";
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import type { LearnerConfig } from "../../../learner/config.ts";
import { readCheckpoint } from "../../../learner/train/checkpoint.ts";
import { runLearner } from "../../../learner/train/learner.ts";
import type { LearnerEvent, LearnerStatus } from "../../../learner/train/status.ts";
import type { Batch } from "../../../learner/train/trainer.ts";
import { trainHere } from "../../../learner/train/training.ts";
import type { TrustOptions } from "../../../runtime/trust/trust.ts";
import { newestBundle, openBundle } from "../../../runtime/wire/bundle.ts";
import { encodeMessage } from "../../../runtime/wire/messages.ts";
import { monotonicSeconds, PeerClock } from "../../../runtime/wire/peer-clock.ts";
import { decodeSafetensors } from "../../../runtime/wire/safetensors.ts";
import { encodeSteps, stepLayout } from "../../../runtime/wire/step-codec.ts";
import type { WireMark } from "../../../runtime/wire/step-marks.ts";
import { CONFIG, fakeAgent } from "./fake-agent.ts";
import { counterRows, counterStep, FakeRobot, SCHEMA } from "./fake-robot.ts";

let run: string;
const cleanUp: (() => unknown)[] = [];
beforeEach(async () => {
  run = await mkdtemp(join(tmpdir(), "reverie-"));
});
afterEach(async () => {
  for (const undo of cleanUp.splice(0)) await undo();
  await rm(run, { recursive: true, force: true });
});

interface Started {
  readonly endpoint: string;
  readonly events: LearnerEvent[];
  readonly notes: () => string[];
  stop(): Promise<LearnerStatus>;
}

async function startLearner({
  config = CONFIG,
  lockstep = false,
  seed = 0,
  bind = "tcp://127.0.0.1:*",
  trust = {},
  onBatch = (_: Batch) => {},
}: {
  config?: LearnerConfig;
  lockstep?: boolean;
  seed?: number;
  bind?: string;
  trust?: TrustOptions;
  onBatch?: (batch: Batch) => void;
} = {}): Promise<Started> {
  const stop = new AbortController();
  const events: LearnerEvent[] = [];
  let ready = (_: string) => {};
  const endpoint = new Promise<string>((resolve) => {
    ready = resolve;
  });
  const onEvent = (event: LearnerEvent) => {
    events.push(event);
    if (event.type === "ready") ready(event.endpoint);
  };
  const training = trainHere(fakeAgent({ onBatch }));
  const ended = runLearner({ run, bind, config, seed, lockstep, onEvent, trust, signal: stop.signal, training });
  cleanUp.push(() => {
    stop.abort();
    return ended.catch(() => {});
  });
  await Promise.race([endpoint, ended]);
  return {
    endpoint: await endpoint,
    events,
    notes: () => events.flatMap((event) => (event.type === "note" ? [event.text] : [])),
    stop: () => {
      stop.abort();
      return ended;
    },
  };
}

function connect(endpoint: string, stream?: string): FakeRobot {
  const robot = new FakeRobot(endpoint, stream);
  cleanUp.push(() => robot.close());
  return robot;
}

/** Takes `count` steps in lockstep, as its permits allow. Returns the policies as [steps taken, version, weight]. */
async function walk(robot: FakeRobot, from: number, count: number): Promise<number[][]> {
  const policies: number[][] = [];
  let next = from;
  while (next < from + count) {
    const { through } = await robot.expect("permit", ({ through }) => through > next);
    while (robot.waiting("weights") > 0) {
      const { manifest, payloads } = await robot.expect("weights");
      policies.push([next, manifest.policyVersion, decodeSafetensors(payloads[0]!).arrays.weight!.data[0]!]);
    }
    const to = Math.min(through, from + count);
    for (; next < to; next += 3) await robot.rows(next, Math.min(3, to - next));
    next = to;
  }
  return policies;
}

test("a counter comes through rows, server and replay into every batch in order", async () => {
  const batches: Batch[] = [];
  const learner = await startLearner({ onBatch: (batch) => batches.push(batch) });
  const robot = connect(learner.endpoint);
  await robot.hello();
  await robot.expect("welcome", ({ resume }) => resume === 0);
  for (let first = 0; first < 100; first += 10) await robot.rows(first, 10);
  await robot.expect("ack", ({ next }) => next === 100);
  const { updates, steps } = await learner.stop();
  expect(steps).toBe(100);
  expect(updates).toBeGreaterThan(0);
  expect(batches).toHaveLength(updates);
  for (const { observation, previousAction, reward } of batches) {
    for (let b = 0; b < 4; b++) {
      for (let t = 0; t < 4; t++) {
        const counter = observation[3 * b]! + t;
        expect(observation[3 * (t * 4 + b)]).toBe(counter);
        expect(previousAction[t * 4 + b]).toBe(counter - 1);
        expect(reward[t * 4 + b]).toBe(counter);
      }
    }
  }
});

test("rows that come twice or overlap are taken once; a gap is asked for, once", async () => {
  const learner = await startLearner();
  const robot = connect(learner.endpoint);
  await robot.hello();
  await robot.expect("welcome");
  await robot.rows(0, 5);
  await robot.rows(0, 5);
  await robot.rows(3, 4);
  await robot.expect("ack", ({ next }) => next === 7);
  await robot.rows(9, 3);
  await robot.rows(12, 3);
  await robot.expect("welcome", ({ resume }) => resume === 7);
  await robot.rows(7, 8);
  await robot.expect("ack", ({ next }) => next === 15);
  expect(robot.waiting("welcome")).toBe(0);
  expect((await learner.stop()).steps).toBe(15);
});

test("marks are kept and counted once, however often their rows come, and over a restart", async () => {
  const marksOf = async () =>
    (await readFile(join(run, "learner", "marks.jsonl"), "utf8"))
      .trim()
      .split("\n")
      .map((line) => JSON.parse(line));
  const worked: WireMark = [2, "worked", 1000];
  const learner = await startLearner();
  const robot = connect(learner.endpoint);
  await robot.hello();
  await robot.rows(5, 5, { marks: [[7, "worked", 1]] }); // behind a gap: not taken, so it comes again
  await robot.rows(0, 5, { marks: [worked, [4, "end", 2000], [9, "failed", 3000]] }); // no such row
  await robot.rows(0, 7, { marks: [worked, [6, "failed", 3000]] });
  await robot.expect("ack", ({ next }) => next === 7);
  await learner.stop();
  const expected = [
    { stream: "stream", sequence: 2, mark: "worked", time: "1970-01-01T00:00:01.000Z" },
    { stream: "stream", sequence: 4, mark: "end", time: "1970-01-01T00:00:02.000Z" },
    { stream: "stream", sequence: 6, mark: "failed", time: "1970-01-01T00:00:03.000Z" },
  ];
  expect(await marksOf()).toEqual(expected);

  const again = await startLearner();
  const other = connect(again.endpoint);
  await other.hello({ next: 10 });
  await other.rows(5, 5, {
    marks: [
      [6, "failed", 3000],
      [7, "worked", 4000],
    ],
  });
  await other.expect("ack", ({ next }) => next === 10);
  await again.stop();
  expect(await marksOf()).toEqual([...expected, expect.objectContaining({ sequence: 7, mark: "worked" })]);
  const lines = (await readFile(join(run, "learner", "metrics.jsonl"), "utf8")).trim().split("\n");
  expect(lines.map((line) => JSON.parse(line).metrics)).toMatchObject([
    { "marks/worked": 1, "marks/failed": 1 },
    { "marks/worked": 2, "marks/failed": 1 },
  ]);
});

test("steps the robot no longer has are given up, said so, and the row behind them starts anew", async () => {
  const batches: Batch[] = [];
  const learner = await startLearner({ onBatch: (batch) => batches.push(batch) });
  const robot = connect(learner.endpoint);
  await robot.hello();
  await robot.rows(0, 10);
  await robot.rows(50, 10, { gap: true });
  await robot.expect("ack", ({ next }) => next === 60);
  expect(learner.notes()).toContain(
    "steps 10 to 49 of stream do not come: the robot has them no longer, or never gave these numbers",
  );
  await robot.expect("weights");
  await learner.stop();
  const firsts = new Set<number>();
  for (const { observation, isFirst } of batches) {
    for (let at = 4; at < 16; at++) if (isFirst[at] === 1) firsts.add(observation[3 * at]!);
  }
  expect([...firsts]).toEqual([50]);
});

test("a robot that connects anew goes on where the learner's disk ends, and gets the newest policy at once", async () => {
  const learner = await startLearner();
  const robot = connect(learner.endpoint);
  await robot.hello();
  await robot.rows(0, 40);
  const { manifest, payloads } = await robot.expect("weights");
  openBundle(manifest, payloads[1]!, payloads[0]!);
  expect(manifest).toMatchObject({ policyVersion: 1, schema: SCHEMA });
  await robot.expect("ack", ({ next }) => next === 40);
  robot.close();

  const again = connect(learner.endpoint);
  await again.hello({ next: 40, graphHash: manifest.graphHash });
  await again.expect("welcome", ({ resume }) => resume === 40);
  const second = await again.expect("weights");
  expect(second.payloads[1]).toHaveLength(0);
  expect(second.manifest.graphHash).toBe(manifest.graphHash);
});

test("two robots of one kind feed one learner, each with its own numbers", async () => {
  const batches: Batch[] = [];
  const learner = await startLearner({ onBatch: (batch) => batches.push(batch) });
  const robots = ["one", "two"].map((stream) => connect(learner.endpoint, stream));
  for (const robot of robots) await robot.hello();
  for (let first = 0; first < 60; first += 6) for (const robot of robots) await robot.rows(first, 6);
  for (const robot of robots) await robot.expect("ack", ({ next }) => next === 60);
  for (const robot of robots) await robot.expect("weights");
  const drawn = [...batches];
  await robots[1]!.rows(50, 15); // ten of them again
  await robots[1]!.expect("ack", ({ next }) => next === 65);
  await robots[0]!.rows(70, 5, { gap: true });
  await robots[0]!.expect("ack", ({ next }) => next === 75);
  const { steps, replay, streams } = await learner.stop();
  expect(streams!.one).toMatchObject({ rows: 65, gaps: 1, lost: 10, resent: 0 });
  expect(streams!.two).toMatchObject({ rows: 65, gaps: 0, lost: 0, resent: 10, intervened: 0, policyVersion: 0 });
  expect(steps).toBe(130);
  expect(replay).toEqual({ room: { rows: 1000, rowBytes: 21, limit: "steps" }, rows: { one: 65, two: 65 } });
  expect(learner.notes()).toContain("replay: room for 1000 steps of 21 bytes, 0 MB, as its steps allow");
  for (const { observation } of drawn) {
    for (let at = 4; at < 16; at++) expect(observation[3 * at]).toBe(observation[3 * (at - 4)]! + 1);
  }
});

test("the age of a robot's rows, across its clock and the learner's, stands in every status and line of metrics", async () => {
  const learner = await startLearner();
  const robot = connect(learner.endpoint);
  const clock = new PeerClock(() => monotonicSeconds() - 1e5);
  await robot.hello({ datedFrom: 2, clock: clock.stamp() });
  clock.hear((await robot.expect("welcome")).clock);
  await robot.send(...encodeMessage({ type: "alive", clock: clock.stamp() }));
  clock.hear((await robot.expect("alive", ({ clock }) => clock?.echo !== undefined)).clock);
  const taken = BigInt(Math.round((monotonicSeconds() - 1e5 - 0.5) * 1e9));
  const steps = Array.from({ length: 20 }, (_, i) => ({ ...counterStep(i), timeNs: taken }));
  await robot.rows(0, 20, { payload: encodeSteps(stepLayout(SCHEMA), steps) });
  await robot.expect("ack", ({ next }) => next === 20);
  const { streams } = await learner.stop();
  const { age, clock: known } = streams!.stream!;
  expect(known!.offset).toBeCloseTo(-clock.offset!.offset, 1);
  expect(age!.arrived.p50).toBeGreaterThan(0.5);
  expect(age!.arrived.p99).toBeLessThan(3);
  expect(age!.durable!.p50).toBeGreaterThan(age!.arrived.p50);
  const lines = (await readFile(join(run, "learner", "metrics.jsonl"), "utf8")).trim().split("\n");
  expect(JSON.parse(lines.at(-1)!).streams.stream.age).toEqual(age);
});

test("another robot, another clock, another protocol and nonsense are refused or dropped; the rest goes on", async () => {
  const learner = await startLearner();
  const robot = connect(learner.endpoint);
  await robot.hello();
  await robot.expect("welcome");
  const other = connect(learner.endpoint, "other");
  await other.send(Uint8Array.of(0xc1));
  await other.hello({ schema: { ...SCHEMA, action: ["a", "b"] } });
  expect((await other.expect("refuse")).reason).toBe(
    'this run learns another robot or task: action: expected ["a"], found ["a","b"]',
  );
  await other.hello({ lockstep: true });
  expect((await other.expect("refuse")).reason).toBe("clock: expected realtime, found lockstep");
  await other.hello({ protocol: 99 });
  expect((await other.expect("refuse")).reason).toBe("protocol: expected 3, found 99");
  await other.hello({ stream: "../up" });
  expect((await other.expect("refuse")).reason).toMatch(/^stream: expected 1 to 64 letters/);
  await other.hello({ schemaHash: "0" });
  expect((await other.expect("refuse")).reason).toMatch(/^schema: expected its hash to be/);
  const wrong = counterRowsWithNaN();
  await robot.rows(0, 1, { payload: wrong });
  expect((await robot.expect("refuse")).reason).toMatch(/rows from 0: .*finite/);
  await robot.hello();
  await robot.rows(0, 3);
  await robot.expect("ack", ({ next }) => next === 3);
  expect(learner.notes().some((line) => line.startsWith("link: a message was dropped"))).toBe(true);
});

function counterRowsWithNaN(): Uint8Array {
  const bytes = counterRows(0, 1);
  new DataView(bytes.buffer).setFloat32(40, Number.NaN, true);
  return bytes;
}

test("a taken endpoint and one beyond this machine are refused in one line", async () => {
  const { endpoint } = await startLearner();
  await expect(startLearner({ bind: endpoint })).rejects.toThrow(
    `learner: expected ${endpoint} to be free, found it taken; is another learner running?`,
  );
  await expect(startLearner({ bind: "tcp://0.0.0.0:5556", trust: { keys: join(run, "none") } })).rejects.toThrow(
    "as tcp://0.0.0.0:5556 needs them, found none: reverie keys new",
  );
  await expect(startLearner({ bind: "tcp://127.0.0.999:5556" })).rejects.toThrow(/expected to listen at/);
  await expect(startLearner({ bind: "here" })).rejects.toThrow('found "here"');
});

test("lockstep: robot and learner take turns, the same for one seed to the last bit", async () => {
  const walkOnce = async (seed: number) => {
    const learner = await startLearner({ lockstep: true, seed });
    const robot = connect(learner.endpoint);
    await robot.hello({ lockstep: true });
    const policies = await walk(robot, 0, 70);
    await robot.expect("permit", ({ through }) => through > 70);
    robot.close();
    const status = await learner.stop();
    await rm(run, { recursive: true });
    return { policies, updates: status.updates };
  };
  const first = await walkOnce(3);
  // Pretraining at step 20, then every 5 steps an update and every 10 a policy, each before the step it is due for.
  expect(first.policies.map(([steps]) => steps)).toEqual([20, 30, 40, 50, 60]);
  expect(first.policies.map(([, version]) => version)).toEqual([1, 2, 3, 4, 5]);
  expect(await walkOnce(3)).toEqual(first);
  expect(await walkOnce(4)).not.toEqual(first);
});

test("stopped and started again, a run goes on with the numbers it would have had", async () => {
  const config = { ...CONFIG, train: { ...CONFIG.train, publishSteps: 5 } };
  const weightsOf = (policies: number[][]) => policies.map(([steps, , weight]) => [steps, weight]);
  const through = await startLearner({ lockstep: true, config });
  const robot = connect(through.endpoint);
  await robot.hello({ lockstep: true });
  const whole = weightsOf(await walk(robot, 0, 70));
  robot.close();
  await through.stop();
  await rm(run, { recursive: true });

  const before = await startLearner({ lockstep: true, config });
  const first = connect(before.endpoint);
  await first.hello({ lockstep: true });
  const early = await walk(first, 0, 40);
  await first.expect("permit", ({ through }) => through > 40);
  const stopped = await before.stop();
  const after = await startLearner({ lockstep: true, config });
  const second = connect(after.endpoint);
  await second.hello({ lockstep: true, next: 40, policyVersion: stopped.policyVersion });
  await second.expect("welcome", ({ resume }) => resume === 40);
  const late = await walk(second, 40, 30);
  await second.expect("permit", ({ through }) => through > 70);
  expect([...weightsOf(early), ...weightsOf(late)]).toEqual(whole);
  expect(late[0]![1]).toBe(stopped.policyVersion + 1);
  const { resumed, steps } = await after.stop();
  expect(resumed).toEqual({ steps: 40, updates: stopped.updates });
  expect(steps).toBe(70);
});

test("what a checkpoint does not know of is learned from but earns no burst of updates", async () => {
  const learner = await startLearner();
  const robot = connect(learner.endpoint);
  await robot.hello();
  await robot.rows(0, 300);
  await robot.expect("ack", ({ next }) => next === 300);
  const { updates } = await learner.stop();
  const checkpoints = join(run, "learner", "checkpoints");
  for (const name of readdirSync(checkpoints)) if (name !== "latest") await rm(join(checkpoints, name, "done"));
  const again = await startLearner();
  await expect.poll(() => again.notes().some((line) => line.includes("trying the next older"))).toBe(true);
  const resumed = await again.stop();
  expect(resumed.steps).toBe(300);
  expect(resumed.updates + resumed.owed).toBe(CONFIG.train.pretrain);
  expect(updates).toBeGreaterThan(0);
});

test("another algorithm or network size in the run directory is one clear error", async () => {
  const learner = await startLearner();
  const robot = connect(learner.endpoint);
  await robot.hello();
  await robot.rows(0, 40);
  await robot.expect("weights");
  await learner.stop();
  await expect(startLearner({ config: { ...CONFIG, preset: "robot-tiny" } })).rejects.toThrow(
    "checkpoint: expected preset robot-tiny, found robot-small; the network's size is fixed for a run",
  );
  await expect(startLearner({ config: { ...CONFIG, algorithm: "sac" } })).rejects.toThrow(
    "checkpoint: expected algorithm sac, found dreamer; it is fixed for a run",
  );
});

test("a stop leaves a checkpoint, the policy bundle and the metrics", async () => {
  const learner = await startLearner();
  const robot = connect(learner.endpoint);
  await robot.hello();
  await robot.rows(0, 60);
  await robot.expect("weights");
  await robot.expect("ack", ({ next }) => next === 60);
  const status = await learner.stop();
  const found = await readCheckpoint(join(run, "learner", "checkpoints"), () => {});
  expect(found?.meta.account).toMatchObject({ updates: status.updates, steps: 60 });
  const newest = newestBundle(join(run, "policy"), () => {});
  expect(newest?.bundle.manifest.policyVersion).toBe(status.policyVersion);
  const lines = (await readFile(join(run, "learner", "metrics.jsonl"), "utf8")).trim().split("\n");
  const last = JSON.parse(lines.at(-1)!);
  expect(last).toMatchObject({ steps: 60, updates: status.updates, reward1000: 29.5 + 5 });
  expect(last.metrics.loss).toBeTypeOf("number");
});
