import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import type { LearnerConfig } from "../../../learner/config.ts";
import type { Probe } from "../../../learner/report/probe.ts";
import { checkConfig } from "../../../learner/train/checks.ts";
import { runLearner } from "../../../learner/train/learner.ts";
import type { LearnerStatus } from "../../../learner/train/status.ts";
import { trainHere } from "../../../learner/train/training.ts";
import { encodeMessage } from "../../../runtime/wire/messages.ts";
import type { StageRun } from "../../../runtime/wire/stage-runs.ts";
import { CONFIG, fakeAgent } from "../train/fake-agent.ts";
import { counterRows, FakeRobot } from "../train/fake-robot.ts";

const REPORTING: LearnerConfig = {
  ...CONFIG,
  report: { ...CONFIG.report, everyUpdates: 3, context: 2, openLoop: [1], valueSteps: 2 },
};

let run: string;
beforeEach(async () => {
  run = await mkdtemp(join(tmpdir(), "reverie-"));
});
afterEach(() => rm(run, { recursive: true, force: true }));

interface Line {
  readonly updates: number;
  readonly metrics: Readonly<Record<string, number>>;
}

/** Learns from one robot that takes 60 steps in blocks of 10, `stages` beside each. */
async function learn(
  probe: Probe["predict"],
  { config = REPORTING, stages = [] as StageRun[], downStage = "down" } = {},
): Promise<{ lines: Line[]; notes: string[]; status: LearnerStatus }> {
  const stop = new AbortController();
  const notes: string[] = [];
  const agent = { ...fakeAgent(), createProbe: async () => ({ predict: probe, close: async () => {} }) };
  let ready = (_: string) => {};
  const endpoint = new Promise<string>((resolve) => {
    ready = resolve;
  });
  const ended = runLearner({
    run,
    bind: "tcp://127.0.0.1:*",
    config,
    seed: 0,
    lockstep: false,
    training: trainHere(agent),
    signal: stop.signal,
    onEvent: (event) => {
      if (event.type === "ready") ready(event.endpoint);
      if (event.type === "note") notes.push(event.text);
    },
  });
  const robot = new FakeRobot(await endpoint);
  try {
    await robot.hello({ downStage });
    const { resume } = await robot.expect("welcome");
    for (let first = 0; first < 60; first += 10) {
      const header = { type: "rows", stream: "stream", first, count: 10, gap: false, stages } as const;
      const frames = encodeMessage(header, counterRows(first, 10));
      await robot.send(...frames);
      await robot.send(...frames); // twice: counted once
    }
    if (resume < 60) await robot.expect("ack", ({ next }) => next === 60);
    await robot.expect("weights");
  } finally {
    robot.close();
    stop.abort();
  }
  const status = await ended;
  const text = await readFile(join(run, "learner", "metrics.jsonl"), "utf8");
  return {
    lines: text
      .trim()
      .split("\n")
      .map((line) => JSON.parse(line) as Line),
    notes,
    status,
  };
}

test("a report stands in the line after it and in no other", async () => {
  let asked = 0;
  const { lines, status } = await learn(async () => ({ metrics: { asked: ++asked } }));
  expect(asked).toBe(Math.floor(status.updates / 3));
  const reported = lines.filter(({ metrics }) => metrics.asked !== undefined);
  expect(reported.map(({ metrics }) => metrics.asked)).toEqual([
    ...new Set(reported.map(({ metrics }) => metrics.asked)),
  ]);
  expect(reported[0]).toMatchObject({ updates: 4, metrics: { asked: 1, reportMs: expect.any(Number) } });
  expect(lines.at(-1)!.metrics).toMatchObject({ "action/size": expect.any(Number), replayReward: expect.any(Number) });
});

test("a report that fails is said once and stops nothing", async () => {
  const { lines, notes, status } = await learn(async () => {
    throw new Error("no probe today");
  });
  expect(notes.filter((note) => note.includes("no probe today"))).toEqual(["report: no probe today; learning goes on"]);
  expect(status.updates).toBeGreaterThan(5);
  expect(lines.at(-1)!.updates).toBe(status.updates);
});

test("with everyUpdates at 0 nobody is asked", async () => {
  const config = { ...REPORTING, report: { ...REPORTING.report, everyUpdates: 0 } };
  const { notes } = await learn(
    async () => {
      throw new Error("asked");
    },
    { config },
  );
  expect(notes.filter((note) => note.includes("asked"))).toEqual([]);
});

test("stages of rows that came twice count once, in shares that say how often the robot was upright", async () => {
  const stages: StageRun[] = [
    ["down", 3],
    ["", 5],
    ["up", 2],
  ];
  const { lines } = await learn(async () => ({}), { stages });
  const seen = lines.filter(({ metrics }) => metrics.upright !== undefined);
  expect(seen.length).toBeGreaterThan(0);
  for (const { metrics } of seen) expect(metrics.upright).toBeCloseTo(1 - metrics["stage/down"]!, 12);
  const { metrics } = seen[0]!;
  expect(metrics["stage/down"]! + metrics["stage/up"]!).toBeCloseTo(1, 12);
});

test("a learner that goes on knows the stored steps' actions, and counts no stage of theirs again", async () => {
  const stages: StageRun[] = [["up", 10]];
  const first = await learn(async () => ({}), { stages });
  const second = await learn(async () => ({}), { stages });
  const [before, after] = [first.lines.at(-1)!.metrics, second.lines.at(-1)!.metrics];
  expect(after["action/size"]).toBe(before["action/size"]);
  expect(second.lines.slice(first.lines.length).filter(({ metrics }) => "upright" in metrics)).toEqual([]);
});

test("steps ahead that are none are refused", () => {
  const config = (openLoop: number[]) => ({ ...REPORTING, report: { ...REPORTING.report, openLoop } });
  expect(() => checkConfig(config([1, 5]))).not.toThrow();
  for (const openLoop of [[], [0], [1.5]]) {
    expect(() => checkConfig(config(openLoop))).toThrow(
      "config: learner.report.openLoop: expected whole numbers from 1 up",
    );
  }
});
