import * as fs from "node:fs";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { writeBundleAs } from "../../../runtime/wire/bundle.ts";
import { steadyParts } from "../policy/bundles.ts";
import { childPid, ForkedRobot, RUNTIME } from "./forked-robot.ts";

const soon = { timeout: 20_000, interval: 10 };

let robot: ForkedRobot;
beforeEach(async () => {
  robot = await ForkedRobot.prepare();
});
afterEach(() => robot.close());

/** Steps that a robot cannot have taken since its last status. */
const NEW_STEPS = 10;
const upTo = (to: number) => Array.from({ length: to }, (_, i) => i);

test("in real time the loop keeps its rate without a learner, and what it did arrives later", async () => {
  const { endpoint } = robot.learner;
  await robot.learner.close();
  const runtime = { ...RUNTIME, link: { ...RUNTIME.link, flushMs: 200 } };
  const summary = await robot.start({ clock: "realtime", steps: 15, learner: endpoint, runtime }).ended;
  expect(summary).toMatchObject({ reason: "steps", status: { steps: 15, link: { spoolDepth: 15 } } });
  await robot.renewLearner(endpoint);
  await robot.start({ clock: "realtime", steps: 5, learner: endpoint }).ended;
  expect(robot.learner.received).toEqual(upTo(20));
  const times = robot.steps.slice(0, 15).map(({ timeNs }) => Number(timeNs) / 1e6);
  const periods = times.slice(1).map((time, i) => time - times[i]!);
  expect(periods.reduce((a, b) => a + b) / periods.length).toBeGreaterThan(40);
}, 60_000);

test.runIf(fs.existsSync("/proc"))(
  "a robot that plays has no link, keeps nothing, and goes on when its policy dies",
  async () => {
    const { manifest, graph, weights } = steadyParts(4, robot.schema, [0.6, 0.6], 0);
    const play = join(robot.run, "bundle");
    writeBundleAs(play, manifest, graph, weights, { durable: false });
    const handle = robot.start({ play, learner: "", clock: "realtime" });
    const moves = (beyond: number) => {
      expect(robot.statuses.at(-1)).toMatchObject({ state: "engaged", policyVersion: 4 });
      expect(robot.statuses.at(-1)!.sequence).toBeGreaterThan(beyond);
    };
    await vi.waitFor(() => moves(0), soon);
    expect(robot.statuses.at(-1)!.link).toBeUndefined();
    expect(() => childPid(handle, "link")).toThrow("expected a link");
    process.kill(childPid(handle, "policy"), "SIGKILL");
    await vi.waitFor(() => expect(robot.notes.join()).toContain("policy died (ended by SIGKILL)"), soon);
    const { sequence } = robot.statuses.at(-1)!;
    await vi.waitFor(() => moves(sequence + NEW_STEPS), soon);
    const { reason, status } = await handle.stop();
    expect(reason).toBe("stopped");
    expect(robot.notes).toContain("return to the rest pose: rests");
    expect(status.restarts).toMatchObject({ policy: 1, link: 0 });
    expect(fs.readdirSync(robot.run)).toEqual(["bundle"]);
    expect(robot.learner.hellos).toEqual([]);
  },
  60_000,
);

test.runIf(fs.existsSync("/proc"))(
  "a relaxer that died is there again when it is needed, and goes with its supervisor",
  async () => {
    const handle = robot.start({ clock: "realtime" });
    await vi.waitFor(() => expect(robot.statuses.at(-1)?.state).toBe("engaged"), soon);
    process.kill(childPid(handle, "relaxer"), "SIGKILL");
    process.kill(childPid(handle, "governor"), "SIGKILL");
    await vi.waitFor(
      () => expect(robot.notes.join()).toContain("the robot was brought to its end state without it"),
      soon,
    );
    await vi.waitFor(() => expect(robot.notes.join()).toContain("governor died (ended by SIGKILL)"), soon);
    const pid = childPid(handle, "relaxer");
    handle.kill();
    await vi.waitFor(() => expect(fs.existsSync(`/proc/${pid}`)).toBe(false), soon);
  },
  60_000,
);

test.runIf(fs.existsSync("/proc"))(
  "a governor whose loop hangs is ended and started again",
  async () => {
    const handle = robot.start({ clock: "realtime" });
    await vi.waitFor(() => expect(robot.statuses.at(-1)?.state).toBe("engaged"), soon);
    process.kill(childPid(handle, "governor"), "SIGSTOP");
    await vi.waitFor(() => expect(robot.notes.join()).toContain("governor died (said nothing for 500 ms)"), soon);
    const { sequence } = robot.statuses.at(-1)!;
    const moves = () => {
      expect(robot.statuses.at(-1)?.state).toBe("engaged");
      expect(robot.statuses.at(-1)!.sequence).toBeGreaterThan(sequence + NEW_STEPS);
    };
    await vi.waitFor(moves, soon);
  },
  60_000,
);

test.runIf(fs.existsSync("/proc"))(
  "what a watchdog latched stays so when governor and supervisor are killed, until a person resets it",
  async () => {
    const { manifest, graph, weights } = steadyParts(4, robot.schema, [0.6, 0.6], 0); // its surprise grows at every step
    const play = join(robot.run, "bundle");
    writeBundleAs(play, manifest, graph, weights, { durable: false });
    const surprise = { ...RUNTIME.watchdogs.surprise, trip: "fault", times: 1, after: 60 };
    const runtime = { ...RUNTIME, watchdogs: { ...RUNTIME.watchdogs, surprise } };
    const changes = { play, learner: "", clock: "realtime", runtime } as const;
    const first = robot.start(changes);
    const isLatched = (from = 0) => expect(robot.statuses.slice(from).at(-1)).toMatchObject({ state: "fault" });
    await vi.waitFor(() => isLatched(), soon);
    const { standstill, sequence, ticks } = robot.statuses.at(-1)!;
    expect(standstill).toMatchObject({ cause: "surprise" });

    process.kill(childPid(first, "governor"), "SIGKILL");
    await vi.waitFor(() => expect(robot.notes.join()).toContain("governor died (ended by SIGKILL)"), soon);
    await vi.waitFor(() => expect(robot.statuses.at(-1)!.ticks).toBeLessThan(ticks), soon); // the next one's
    expect(robot.statuses.at(-1)).toMatchObject({ state: "fault", standstill, sequence, restarts: { governor: 1 } });

    first.kill();
    await first.ended;
    const again = robot.statuses.length;
    const second = robot.start({ ...changes, latched: { state: "fault", standstill: standstill! } });
    await vi.waitFor(() => isLatched(again), soon);
    expect(robot.statuses.at(-1)).toMatchObject({ standstill, sequence: 0 });
    second.order({ type: "reset" });
    await vi.waitFor(() => expect(robot.statuses.at(-1)).toMatchObject({ state: "engaged" }), soon);
  },
  60_000,
);
