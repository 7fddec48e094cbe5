import * as fs from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeAll, beforeEach, expect, test, vi } from "vitest";
import { loadMachine } from "../../../runtime/cli/process/machine.ts";
import { RUNTIME_DEFAULTS } from "../../../runtime/defaults.ts";
import type { SupervisorConfig } from "../../../runtime/ipc.ts";
import type { StepSchema } from "../../../runtime/step.ts";
import type { SupervisorHandle } from "../../../runtime/supervisor/fork.ts";
import type { RobotStatus } from "../../../runtime/supervisor/status.ts";
import { writeBundleAs } from "../../../runtime/wire/bundle.ts";
import { decodeSteps, stepLayout } from "../../../runtime/wire/step-codec.ts";
import { steadyParts } from "../policy/bundles.ts";
import { FakeLearner } from "./fake-learner.ts";

/** Real processes run from the built files only. */
const BUILT = new URL("../../../dist/runtime/supervisor/fork.js", import.meta.url).href;
const { forkSupervisor } = (await import(BUILT)) as typeof import("../../../runtime/supervisor/fork.ts");

const soon = { timeout: 20_000, interval: 10 };
/** Told often where it stands, a test waits less. */
const RUNTIME = { ...RUNTIME_DEFAULTS, supervisor: { ...RUNTIME_DEFAULTS.supervisor, statusMs: 100 } };
/** Steps that a robot cannot have taken since its last status. */
const NEW_STEPS = 10;

let schema: StepSchema;
let run = "";
let learner: FakeLearner;
let handles: SupervisorHandle[] = [];
let notes: string[] = [];
let statuses: RobotStatus[] = [];

beforeAll(async () => {
  schema = (await loadMachine(config())).schema;
});
beforeEach(async () => {
  run = fs.mkdtempSync(join(tmpdir(), "reverie-robot-"));
  learner = await FakeLearner.bind(stepLayout(schema));
  notes = [];
  statuses = [];
});
afterEach(async () => {
  await Promise.all(handles.map((handle) => handle.stop()));
  handles = [];
  await learner.close();
  fs.rmSync(run, { recursive: true, force: true });
});

function config(changes: Partial<SupervisorConfig> = {}): SupervisorConfig {
  return {
    robot: "reacher",
    driver: "sim",
    task: {},
    seed: 1,
    clock: "lockstep",
    run,
    learner: learner?.endpoint ?? "",
    steps: 0,
    runtime: RUNTIME,
    ...changes,
  };
}

function start(changes: Partial<SupervisorConfig> = {}): SupervisorHandle {
  const handle = forkSupervisor(config(changes), {
    onNote: (text) => notes.push(text),
    onStatus: (status) => statuses.push(status),
  });
  handles.push(handle);
  return handle;
}

const stepsOf = (one: FakeLearner) => one.rows.flatMap((row) => decodeSteps(stepLayout(schema), row));
const upTo = (to: number) => Array.from({ length: to }, (_, i) => i);

/** Process ids of the supervisor's children by entry. */
function childPid(handle: SupervisorHandle, name: string): number {
  const found = fs
    .readdirSync("/proc")
    .filter((pid) => /^\d+$/.test(pid))
    .find((pid) => {
      try {
        const parent = / \S (\d+) /.exec(fs.readFileSync(`/proc/${pid}/stat`, "utf8"))?.[1];
        const command = fs.readFileSync(`/proc/${pid}/cmdline`, "utf8");
        return Number(parent) === handle.pid && command.includes(`process/${name}.js`);
      } catch {
        return false; // it ended meanwhile
      }
    });
  if (found === undefined) throw new Error(`expected a ${name} under process ${handle.pid}, found none`);
  return Number(found);
}

test("in lockstep equal seeds give equal steps, to the bit, and the robot ends after the steps it was given", async () => {
  const streams: string[] = [];
  for (const _ of [0, 1]) {
    fs.rmSync(join(run, "robot"), { recursive: true, force: true });
    await learner.close();
    learner = await FakeLearner.bind(stepLayout(schema));
    learner.permitAhead = 5;
    const summary = await start({ steps: 120 }).ended;
    expect(summary).toMatchObject({ reason: "steps", status: { steps: 120, state: "engaged", lostSteps: 0 } });
    expect(learner.received).toEqual(upTo(120));
    expect(learner.byes).toBe(1);
    streams.push(Buffer.concat(learner.rows).toString("base64"));
  }
  expect(streams[0]).toBe(streams[1]);
  expect(new Set(stepsOf(learner).map(({ action }) => action[0])).size).toBeGreaterThan(5);
}, 60_000);

test("a run that is stopped goes on where it was: numbers, episode, the simulated machine", async () => {
  learner.permitAhead = 5;
  await start({ steps: 30 }).ended;
  await start({ steps: 10 }).ended;
  expect(learner.received).toEqual(upTo(40));
  const steps = stepsOf(learner);
  expect(steps.filter(({ isFirst }) => isFirst).map(({ sequence }) => sequence)).toEqual([0, 30]);
  expect(steps[30]!.episode).toBe(steps[29]!.episode + 1);
  const distance = (a: number, b: number) =>
    Math.abs((steps[a]!.observation.arm as Float32Array)[0]! - (steps[b]!.observation.arm as Float32Array)[0]!);
  expect(distance(29, 30)).toBeLessThan(1);
  expect(learner.hellos[0]!.stream).toBe(learner.hellos[1]!.stream);
  expect(notes).toEqual([]);
}, 60_000);

test.runIf(fs.existsSync("/proc"))(
  "policy, link and governor are killed in full run: it goes on and no step is missing",
  async () => {
    learner.permitAhead = 20;
    const handle = start();
    for (const name of ["policy", "link", "governor"]) {
      await vi.waitFor(() => expect(learner.next).toBeGreaterThan(20), soon);
      const before = learner.next;
      process.kill(childPid(handle, name), "SIGKILL");
      await vi.waitFor(() => expect(notes.join()).toContain(`${name} died (ended by SIGKILL)`), soon);
      await vi.waitFor(() => expect(learner.next).toBeGreaterThan(before + 200), soon);
    }
    const { status } = await handle.stop();
    expect(status.restarts).toEqual({ policy: 1, link: 1, governor: 1 });
    expect(learner.received).toEqual(upTo(learner.next));
    expect(learner.gaps).toEqual([]);
    expect(stepsOf(learner).filter(({ isFirst }) => isFirst).length).toBe(2);
    expect(notes.join()).toContain("the robot was brought to its end state without it");
  },
  90_000,
);

test.runIf(fs.existsSync("/proc"))(
  "a killed supervisor takes everybody along, and the next start loses nothing",
  async () => {
    learner.permitAhead = 5;
    const handle = start();
    await vi.waitFor(() => expect(learner.next).toBeGreaterThan(20), soon);
    const pids = ["policy", "link", "governor"].map((name) => childPid(handle, name));
    handle.kill();
    expect(await handle.ended).toMatchObject({ reason: "failed", failure: "supervisor: SIGKILL" });
    await vi.waitFor(() => expect(pids.filter((pid) => fs.existsSync(`/proc/${pid}`))).toEqual([]), soon);
    await start({ steps: 10 }).ended;
    expect(learner.gaps).toEqual([]);
    expect(learner.received).toEqual(upTo(learner.next));
  },
  60_000,
);

test.runIf(fs.existsSync("/proc"))(
  "a policy that hangs is noticed, and the run goes on with another",
  async () => {
    learner.permitAhead = 5;
    const supervisor = { ...RUNTIME.supervisor, hangMs: 3000 };
    const handle = start({ runtime: { ...RUNTIME, supervisor } });
    await vi.waitFor(() => expect(learner.next).toBeGreaterThan(20), soon);
    await vi.waitFor(() => expect(statuses.some(({ answerMs }) => answerMs > 0)).toBe(true), soon);
    process.kill(childPid(handle, "policy"), "SIGSTOP");
    await vi.waitFor(() => expect(notes.join()).toContain("policy died (said nothing for 3000 ms)"), soon);
    const before = learner.next;
    await vi.waitFor(() => expect(learner.next).toBeGreaterThan(before + 20), soon);
  },
  60_000,
);

test("in real time the loop keeps its rate without a learner, and what it did arrives later", async () => {
  const { endpoint } = learner;
  await learner.close();
  const runtime = { ...RUNTIME, link: { ...RUNTIME.link, flushMs: 200 } };
  const summary = await start({ clock: "realtime", steps: 15, learner: endpoint, runtime }).ended;
  expect(summary).toMatchObject({ reason: "steps", status: { steps: 15, link: { spoolDepth: 15 } } });
  learner = await FakeLearner.bind(stepLayout(schema), endpoint);
  await start({ clock: "realtime", steps: 5, learner: endpoint }).ended;
  expect(learner.received).toEqual(upTo(20));
  const times = stepsOf(learner)
    .slice(0, 15)
    .map(({ timeNs }) => Number(timeNs) / 1e6);
  const periods = times.slice(1).map((time, i) => time - times[i]!);
  expect(periods.reduce((a, b) => a + b) / periods.length).toBeGreaterThan(40);
}, 60_000);

test.runIf(fs.existsSync("/proc"))(
  "a robot that plays has no link, keeps nothing, and goes on when its policy dies",
  async () => {
    const { manifest, graph, weights } = steadyParts(4, schema, [0.6, 0.6], 0);
    const play = join(run, "bundle");
    writeBundleAs(play, manifest, graph, weights, { durable: false });
    const handle = start({ play, learner: "", clock: "realtime" });
    const moves = (beyond: number) => {
      expect(statuses.at(-1)).toMatchObject({ state: "engaged", policyVersion: 4 });
      expect(statuses.at(-1)!.sequence).toBeGreaterThan(beyond);
    };
    await vi.waitFor(() => moves(0), soon);
    expect(statuses.at(-1)!.link).toBeUndefined();
    expect(() => childPid(handle, "link")).toThrow("expected a link");
    process.kill(childPid(handle, "policy"), "SIGKILL");
    await vi.waitFor(() => expect(notes.join()).toContain("policy died (ended by SIGKILL)"), soon);
    const { sequence } = statuses.at(-1)!;
    await vi.waitFor(() => moves(sequence + NEW_STEPS), soon);
    const { reason, status } = await handle.stop();
    expect(reason).toBe("stopped");
    expect(notes).toContain("return to the rest pose: rests");
    expect(status.restarts).toMatchObject({ policy: 1, link: 0 });
    expect(fs.readdirSync(run)).toEqual(["bundle"]);
    expect(learner.hellos).toEqual([]);
  },
  60_000,
);

test.runIf(fs.existsSync("/proc"))(
  "a relaxer that died is there again when it is needed, and goes with its supervisor",
  async () => {
    const handle = start({ clock: "realtime" });
    await vi.waitFor(() => expect(statuses.at(-1)?.state).toBe("engaged"), soon);
    process.kill(childPid(handle, "relaxer"), "SIGKILL");
    process.kill(childPid(handle, "governor"), "SIGKILL");
    await vi.waitFor(() => expect(notes.join()).toContain("the robot was brought to its end state without it"), soon);
    await vi.waitFor(() => expect(notes.join()).toContain("governor died (ended by SIGKILL)"), soon);
    const pid = childPid(handle, "relaxer");
    handle.kill();
    await vi.waitFor(() => expect(fs.existsSync(`/proc/${pid}`)).toBe(false), soon);
  },
  60_000,
);

test.runIf(fs.existsSync("/proc"))(
  "a governor whose loop hangs is ended and started again",
  async () => {
    const handle = start({ clock: "realtime" });
    await vi.waitFor(() => expect(statuses.at(-1)?.state).toBe("engaged"), soon);
    process.kill(childPid(handle, "governor"), "SIGSTOP");
    await vi.waitFor(() => expect(notes.join()).toContain("governor died (said nothing for 500 ms)"), soon);
    const { sequence } = statuses.at(-1)!;
    const moves = () => {
      expect(statuses.at(-1)?.state).toBe("engaged");
      expect(statuses.at(-1)!.sequence).toBeGreaterThan(sequence + NEW_STEPS);
    };
    await vi.waitFor(moves, soon);
  },
  60_000,
);

test.runIf(fs.existsSync("/proc"))(
  "what a watchdog latched stays so when governor and supervisor are killed, until a person resets it",
  async () => {
    const { manifest, graph, weights } = steadyParts(4, schema, [0.6, 0.6], 0); // its surprise grows at every step
    const play = join(run, "bundle");
    writeBundleAs(play, manifest, graph, weights, { durable: false });
    const surprise = { ...RUNTIME.watchdogs.surprise, trip: "fault", times: 1, after: 60 };
    const runtime = { ...RUNTIME, watchdogs: { ...RUNTIME.watchdogs, surprise } };
    const changes = { play, learner: "", clock: "realtime", runtime } as const;
    const first = start(changes);
    const isLatched = (from = 0) => expect(statuses.slice(from).at(-1)).toMatchObject({ state: "fault" });
    await vi.waitFor(() => isLatched(), soon);
    const { standstill, sequence, ticks } = statuses.at(-1)!;
    expect(standstill).toMatchObject({ cause: "surprise" });

    process.kill(childPid(first, "governor"), "SIGKILL");
    await vi.waitFor(() => expect(notes.join()).toContain("governor died (ended by SIGKILL)"), soon);
    await vi.waitFor(() => expect(statuses.at(-1)!.ticks).toBeLessThan(ticks), soon); // the next one's
    expect(statuses.at(-1)).toMatchObject({ state: "fault", standstill, sequence, restarts: { governor: 1 } });

    first.kill();
    await first.ended;
    const again = statuses.length;
    const second = start({ ...changes, latched: { state: "fault", standstill: standstill! } });
    await vi.waitFor(() => isLatched(again), soon);
    expect(statuses.at(-1)).toMatchObject({ standstill, sequence: 0 });
    second.order({ type: "reset" });
    await vi.waitFor(() => expect(statuses.at(-1)).toMatchObject({ state: "engaged" }), soon);
  },
  60_000,
);

test("in lockstep a loop that waits for its learner is not taken for one that hangs", async () => {
  const supervisor = { ...RUNTIME.supervisor, governorHangMs: 100 };
  learner.permitAhead = 5;
  const handle = start({ runtime: { ...RUNTIME, supervisor } });
  await vi.waitFor(() => expect(learner.next).toBeGreaterThan(20), soon);
  learner.permitAhead = 0;
  const lately = () => statuses.slice(-10).map(({ steps }) => steps);
  await vi.waitFor(() => expect(lately()).toEqual(Array(10).fill(learner.next)), soon);
  const { status } = await handle.stop();
  expect(status.restarts.governor).toBe(0);
  expect(notes).toEqual([]);
}, 60_000);

test("a learner's refusal and a setting out of range end the run in one line each", async () => {
  learner.refuse = "this run learns another robot";
  expect(await start().ended).toMatchObject({
    reason: "refused",
    failure: "the learner refused this robot: this run learns another robot",
  });
  const broken = await start({ robot: "reacher", task: { windowSteps: -1 } }).ended;
  expect(broken.reason).toBe("failed");
  expect(broken.failure).toContain("windowSteps");
}, 60_000);
