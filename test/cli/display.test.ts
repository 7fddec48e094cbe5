import { expect, test } from "vitest";
import type { LearnerStatus } from "../../learner/train/status.ts";
import { clock, renderBlock, renderLine } from "../../runtime/cli/display.ts";
import { emptyView, meanReward, seeLearner, seeRobot, type View } from "../../runtime/cli/view.ts";
import { NO_GOVERNOR, NO_LINK, type RobotStatus } from "../../runtime/supervisor/status.ts";

const robot: RobotStatus = {
  ...NO_GOVERNOR,
  sequence: 20,
  steps: 20,
  stage: "on its back",
  state: "engaged",
  rewardMean: 5,
  rewardSteps: 20,
  loop: { ...NO_GOVERNOR.loop, lateness: { p50Ms: 0.1, p99Ms: 0.84, p999Ms: 2, maxMs: 3.06 } },
  starvedTicks: 2,
  link: { ...NO_LINK, state: "connected", spoolDepth: 12 },
  policyAgeSeconds: undefined,
  surprise: 0,
  answerMs: 0,
  restarts: { governor: 0, policy: 0, link: 0 },
  lostSteps: 0,
  lostImages: 0,
};

const learner: LearnerStatus = {
  phase: "filling",
  steps: 20,
  fill: 2000,
  updates: 0,
  owed: 0,
  ratio: undefined,
  updateMs: undefined,
  reward1000: undefined,
  reward6000: undefined,
  policyVersion: 0,
  publishes: 0,
  robots: 1,
  checkpoint: undefined,
  diskError: undefined,
  resumed: undefined,
  metrics: {},
};

const start = emptyView("teaching a1", 20, 2000);

/** The view after a report a second, with this reward each. */
function watch(view: View, seconds: number, rewardMean: number, changes: Partial<RobotStatus> = {}): View {
  let now = view;
  for (let i = 0; i < seconds; i++) {
    now = seeRobot(now, { ...robot, ...changes, rewardMean, sequence: (now.robot?.sequence ?? 0) + 20 }).view;
  }
  return now;
}

test("the loop's line tells of garbage collection only when a pause was long", () => {
  const loop = (longestMs: number) =>
    renderLine(watch(start, 1, 5, { gc: { count: 4, longestMs, totalMs: 9 } }))
      .split(" | ")
      .at(-2);
  expect(loop(1.9)).toMatch(/starved 2$/);
  expect(loop(7.25)).toMatch(/starved 2, longest GC pause 7\.3 ms$/);
});

test("before learning starts it is said plainly what the robot does", () => {
  const view = seeLearner(watch(start, 61, 5), { ...learner, steps: 1220 }).view;
  expect(renderBlock(view, 100)).toEqual([
    "0:01:01  teaching a1, 1,220 steps",
    "  robot    on its back for 0:01:00",
    "  reward   5.00 a step now, 5.00 over 5 min  ▁▁▁",
    "  policy   exploring with random held actions, learning starts at step 2000",
    "  learner  collecting steps, 1,220 of 2,000",
    "  loop     late by 0.1 ms, p99 0.8, max 3.1; ticks missed 0, starved 2",
    "  link     connected, 12 steps waiting",
  ]);
});

test.each<[Partial<RobotStatus>, object, string, string]>([
  [
    { state: "estop", standstill: { cause: "estop", text: "emergency stop from the terminal", sinceMs: 1000 } },
    {},
    "emergency stop from the terminal 12 s ago; r resets",
    'emergency stop from the terminal 12 s ago; the order "reset" resets',
  ],
  [
    { state: "fault", standstill: { cause: "temperature", text: "elbow: expected 60 °C, found 70", sinceMs: 12_000 } },
    {},
    "fault: temperature: elbow: expected 60 °C, found 70 1 s ago; r resets",
    'fault: temperature: elbow: expected 60 °C, found 70 1 s ago; the order "reset" resets',
  ],
  [
    { state: "held", standstill: { cause: "operator", text: "paused", sinceMs: 11_000 } },
    { paused: true },
    "paused 2 s ago; p resumes",
    'paused 2 s ago; the order "resume" resumes',
  ],
  [
    { state: "held", standstill: { cause: "policy", text: "its process is gone", sinceMs: 13_000 } },
    {},
    "held: policy: its process is gone 0 s ago; goes on by itself when that is over",
    "held: policy: its process is gone 0 s ago; goes on by itself when that is over",
  ],
  [{ state: "ready" }, { paused: true }, "paused; p resumes", 'paused; the order "resume" resumes'],
  [{ state: "ready" }, {}, "ready", "ready"],
])("a robot that stands still says why, since when and what mends it: %j", (changes, people, withKeys, without) => {
  const view = { ...watch(start, 1, 5, changes), people: { paused: false, steering: undefined, ...people } };
  const block = renderBlock({ ...view, keys: true }, 120, 13_000);
  expect(block[1]).toBe(`  robot    ${withKeys}`);
  expect(block.at(-1)).toBe("  keys     space emergency stop, p pause, q end, ? what the others do");
  expect(renderBlock(view, 120, 13_000)[1]).toBe(`  robot    ${without}`);
  expect(renderLine(view, 13_000).split(" | ")[2]).toBe(without);
});

test("it is said who steers", () => {
  const view = { ...watch(start, 1, 5), people: { paused: false, steering: "stand" } };
  expect(renderBlock({ ...view, keys: true }, 120)[2]).toBe('  steers   you hold "stand"; backspace gives back');
  expect(renderLine(view)).toContain('| a person holds "stand" |');
});

test("while it learns, one line says it all", () => {
  const walking = watch(watch(start, 600, 5), 300, 8, {
    policyVersion: 104,
    policyAgeSeconds: 3.2,
    stage: "standing",
    link: { ...NO_LINK, state: "connected" },
  });
  const learning = { ...learner, phase: "learning" as const, updates: 2612, ratio: 0.2, updateMs: 171.4, owed: 7.3 };
  expect(renderLine(seeLearner(walking, learning).view)).toBe(
    "0:15:00 | 18,000 steps | standing for 0:04:59 | reward 8.00 a step now, 8.00 over 5 min ↗ | version 104, 3 s old | " +
      "late by 0.1 ms, p99 0.8, max 3.1; ticks missed 0, starved 2 | 2,612 updates, 0.20 a step, 171 ms each, 7 owed",
  );
});

test("the reward is a mean over steps, not over reports", () => {
  let view = seeRobot(start, { ...robot, sequence: 30, rewardSteps: 30, rewardMean: 1 }).view;
  view = seeRobot(view, { ...robot, sequence: 40, rewardSteps: 10, rewardMean: 5 }).view;
  view = seeRobot(view, { ...robot, sequence: 40, rewardSteps: 0, rewardMean: undefined }).view;
  expect(meanReward(view, 300)).toBe(2);
});

test("the trend compares five minutes with the five before", () => {
  const trend = (before: number, after: number) =>
    renderLine(watch(watch(start, 300, before), 300, after)).match(/min ?(.)/)?.[1];
  expect(trend(5, 6)).toBe("↗");
  expect(trend(6, 5)).toBe("↘");
  expect(trend(5, 5.05)).toBe("→");
  expect(trend(-5, -6)).toBe("↘");
  expect(renderLine(watch(start, 300, 5))).toContain("5.00 over 5 min |");
});

test("a stage is told once, other changes each time", () => {
  const events: string[] = [];
  let view = start;
  const changes: Partial<RobotStatus>[] = [
    { state: "unpowered", stage: "", link: NO_LINK },
    { state: "ready" },
    {},
    { stage: "standing" },
    {},
    { stage: "standing" },
    { state: "held" },
    {},
    { link: NO_LINK },
    { state: "unpowered", link: { ...NO_LINK, state: "closed" } },
  ];
  for (const change of changes) {
    const seen = seeRobot(view, { ...robot, ...change, sequence: (view.robot?.sequence ?? 0) + 20 });
    view = seen.view;
    events.push(...seen.events);
  }
  expect(events).toEqual([
    "link: connected",
    "standing, for the first time since this start",
    "robot: engaged → held",
    "robot: held → engaged",
    "link: connecting",
  ]);
});

test("a full disk is told when it begins and when it ends", () => {
  const full = seeLearner(start, { ...learner, diskError: "no space left" });
  expect(full.events).toEqual(["learner: no space left"]);
  expect(seeLearner(full.view, { ...learner, diskError: "no space left" }).events).toEqual([]);
  expect(seeLearner(full.view, learner).events).toEqual(["learner: the disk is well again"]);
});

test.each([1, 20, 80])("no line of the block is wider than %i columns", (columns) => {
  const view = seeLearner(watch(start, 100, 5), learner).view;
  for (const line of renderBlock(view, columns)) expect(line.length).toBeLessThanOrEqual(columns);
});

test("an hour of reports is remembered, and no more", () => {
  expect(watch(start, 3 * 3600, 5).rewards.length).toBe(120);
});

test.each([
  [0, "0:00:00"],
  [59.9, "0:00:59"],
  [3600 * 27 + 61, "27:01:01"],
])("%d s is %s", (seconds, text) => {
  expect(clock(seconds)).toBe(text);
});

test("each robot of a learner that has several has a line: how fast, how old, what was missing", () => {
  const one = {
    connected: true,
    rows: 12_000,
    rowsPerSecond: 19.97,
    reward: 3.5,
    intervened: 0,
    policyVersion: 7,
    gaps: 0,
    lost: 0,
    resent: 0,
    age: { arrived: { p50: 0.05, p99: 0.06 }, durable: { p50: 0.26, p99: 0.41 } },
  };
  const two = { ...one, connected: false, intervened: 0.25, gaps: 1, resent: 30 };
  const streams = { "0123456789": one, abcdefabcd: two };
  const { view } = seeLearner(emptyView("learner", undefined, 2000), { ...learner, streams });
  expect(renderBlock(view, 200).slice(2)).toEqual([
    "  · 012345 20.0 steps/s, 12,000, 260 ms old, p99 410 ms, reward 3.50, policy 7",
    "  · abcdef away, 12,000, 260 ms old, p99 410 ms, reward 3.50, policy 7, 25 % by a person, 1 gap, 30 sent again",
  ]);
  const linked = seeRobot(view, { ...robot, link: { ...robot.link!, clock: CLOCK } }).view;
  expect(renderBlock({ ...linked, learner: { ...learner, streams: { one } } }, 200).at(-1)).toBe(
    "  link     connected, 12 steps waiting, kept 260 ms after they were taken, p99 410 ms, clocks known to 0.4 ms",
  );
});

const CLOCK = { offset: 12, error: 0.0004, drift: 0, roundTrip: 0.0007 };
