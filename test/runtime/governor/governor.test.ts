import { expect, test } from "vitest";
import { type Clock, VirtualClock } from "../../../runtime/clock.ts";
import { RUNTIME_DEFAULTS } from "../../../runtime/defaults.ts";
import type { Inbox, Question } from "../../../runtime/governor/inbox.ts";
import { Random } from "../../../runtime/random.ts";
import type { Sample } from "../../../runtime/robot.ts";
import type { Step } from "../../../runtime/step.ts";
import { rig, spec, task } from "./fakes.ts";

/** An action that tells which observation it answers. */
const echo = ({ tick, observation }: Question, inbox: Inbox): void =>
  inbox.deliver({ tick, action: Float32Array.of(observation.count![0]! / 1000, 0), policyVersion: tick, surprise: 0 });

test("each step holds the action and the command that led to its observation", async () => {
  const { steps, runFor, driver, questions } = rig(echo);
  await runFor(12);
  expect(questions.length).toBe(12);
  expect(steps.length).toBe(11);
  expect(steps[0]).toMatchObject({ isFirst: true, action: new Float32Array(2), command: Float32Array.of(0.1, -0.1) });
  for (const [k, step] of steps.entries()) {
    expect(step.observation).toEqual(questions[k + 1]!.observation);
    expect(step.action).toEqual(questions[k + 1]!.previousAction);
    expect(step.reward).toBe(step.observation.count![0]! / 2);
    expect(step.sequence).toBe(k);
    if (k === 0) continue;
    expect(step.action[0]).toBeCloseTo(steps[k - 1]!.observation.count![0]! / 1000, 6);
    expect(step.command).toEqual(Float32Array.from(driver.targets[5 * k - 1]!));
    expect(step.command).toEqual(step.action);
    expect(step.timeNs - steps[k - 1]!.timeNs).toBe(50_000_000n);
    expect(step.policyVersion).toBe(k);
  }
});

test("the stage told with a step is the task's at that step", async () => {
  const told: string[] = [];
  const counted: string[] = [];
  const onStep = ({ observation }: Step, { stage }: { stage: string }): void => {
    told.push(stage);
    counted.push(`at ${observation.count![0]}`);
  };
  const staged = { ...task, stage: (sample: Sample) => `at ${sample.sensors.count![0]}` };
  const { runFor } = rig(echo, { task: staged, onStep });
  await runFor(6);
  expect(told).toHaveLength(5);
  expect(told).toEqual(counted);
});

test("windows follow each other without a break", async () => {
  const { steps, runFor } = rig(echo);
  await runFor(11);
  expect(steps.map(({ episode, index }) => [episode, index])).toEqual(
    Array.from({ length: 10 }, (_, k) => [Math.floor(k / 4), k % 4]),
  );
  expect(steps.flatMap(({ isLast, sequence }) => (isLast ? [sequence] : []))).toEqual([3, 7]);
  expect(steps.flatMap(({ isFirst, sequence }) => (isFirst ? [sequence] : []))).toEqual([0]);
});

test("targets run in a straight line from where the machine is to the policy's target, at every servo tick", async () => {
  const { runFor, driver } = rig(({ tick }, inbox) =>
    inbox.deliver({ tick, action: Float32Array.of(1, -1), policyVersion: 1, surprise: 0 }),
  );
  await runFor(3);
  const lefts = driver.targets.slice(0, 5).map(([left]) => left);
  for (const [i, left] of lefts.entries()) expect(left).toBeCloseTo(0.1 + (0.9 * (i + 1)) / 5, 12);
});

test("an answer that comes late is headed for over what is left of the policy tick", async () => {
  let late: (() => void) | undefined;
  const clock = new VirtualClock();
  const slow: Clock = {
    now: () => clock.now(),
    sleepUntil: async (deadline) => {
      await clock.sleepUntil(deadline);
      if (deadline % 50_000_000n === 30_000_000n) late?.();
    },
  };
  const { runFor, driver } = rig(
    ({ tick }, inbox) => {
      late = () => inbox.deliver({ tick, action: Float32Array.of(1, 1), policyVersion: 1, surprise: 0 });
    },
    { clock: slow },
  );
  await runFor(3);
  expect(driver.targets.slice(0, 5).map(([left]) => left!.toFixed(2))).toEqual([
    "0.10",
    "0.10",
    "0.10",
    "0.55",
    "1.00",
  ]);
});

test("missed servo ticks are skipped and counted, never made up for in a burst", async () => {
  const clock = new VirtualClock();
  const { runFor, driver, governor } = rig(
    (question, inbox) => {
      echo(question, inbox);
      if (question.tick === 3) void clock.sleepUntil(clock.now() + 34_000_000n);
    },
    { clock },
  );
  await runFor(6);
  expect(governor.status.missedTicks).toBe(2);
  const times = driver.log.flatMap((entry) => (typeof entry === "object" ? [Number(entry.at) / 1e6] : []));
  expect(times.filter((at) => at > 150 && at < 200)).toEqual([184, 184, 190]);
  expect(governor.status.loop.lateness.maxMs).toBeCloseTo(24, 0);
});

test("a policy that falls silent: the last action stays, then the end state, and no jump when it is back", async () => {
  let silent = false;
  const { runFor, driver, steps, governor, questions } = rig((question, inbox) => {
    silent = question.tick >= 4 && question.tick < 14;
    if (!silent)
      inbox.deliver({ tick: question.tick, action: Float32Array.of(0.5, 0.5), policyVersion: 1, surprise: 0 });
  });
  await runFor(20);
  const { starvedTicksToHold } = RUNTIME_DEFAULTS.governor;
  expect(governor.status).toMatchObject({ holds: 1, starvedTicks: starvedTicksToHold, state: "engaged" });
  expect(steps.map(({ isFirst }) => isFirst).filter(Boolean).length).toBe(2);
  const back = steps.findLastIndex(({ isFirst }) => isFirst);
  expect(steps.slice(1, back).every(({ action }) => action[0] === 0.5)).toBe(true);
  expect(steps[back]!).toMatchObject({ index: 0, episode: steps[back - 1]!.episode + 1, action: new Float32Array(2) });
  expect(steps.length).toBe(20 - 1 - (14 + 1 - 4 - starvedTicksToHold));
  expect(questions.filter(({ isFirst }) => isFirst).length).toBe(2 + (14 + 1 - 4 - starvedTicksToHold) + 1);
  const held = driver.log.indexOf("damp");
  expect(driver.log[held + 1]).toMatchObject({ target: [0.5, 0.5] });
});

test.each([
  ["not a number", Float32Array.of(Number.NaN, 0)],
  ["infinite", Float32Array.of(0, Number.NEGATIVE_INFINITY)],
  ["of another size", new Float32Array(3)],
])("an action that is %s never reaches the motors and ends in the end state", async (_, bad) => {
  const { runFor, driver, governor } = rig((question, inbox) => {
    if (question.tick < 3) return echo(question, inbox);
    inbox.deliver({ tick: question.tick, action: bad, policyVersion: 1, surprise: 0 });
  });
  await runFor(10);
  expect(driver.targets.flat().every(Number.isFinite)).toBe(true);
  expect(driver.targets.at(-1)![0]).toBeCloseTo(driver.targets[14 - 5]![0]!, 12);
  expect(governor.status.state).toBe("held");
  expect(governor.status.refusedActions).toBeGreaterThanOrEqual(RUNTIME_DEFAULTS.governor.refusedToHold);
});

test("an action beyond its range is clipped, in the step too", async () => {
  const { runFor, steps, driver } = rig(({ tick }, inbox) =>
    inbox.deliver({ tick, action: Float32Array.of(7, -7), policyVersion: 1, surprise: 0 }),
  );
  await runFor(4);
  expect(steps.at(-1)!.action).toEqual(Float32Array.of(1, -1));
  expect(driver.targets.at(-1)).toEqual([1, -1]);
});

test("a map that gives no number is a fault, and the machine reaches its end state", async () => {
  const broken = { ...task, mapAction: (_: ArrayLike<number>, out: Float64Array) => void out.fill(Number.NaN) };
  const { runFor, driver, governor } = rig(echo, { task: broken });
  await expect(runFor(10)).rejects.toThrow("limits: left: expected a finite target, found NaN");
  expect(governor.status.state).toBe("fault");
  expect(driver.targets).toEqual([]);
  expect(driver.log.at(-1)).toBe("damp");
});

test("a driver that fails leaves a fault and the end state", async () => {
  const { runFor, driver, governor } = rig(echo);
  driver.failAtRead = 17;
  await expect(runFor(10)).rejects.toThrow("fake driver: no reply");
  expect(governor.status.state).toBe("fault");
  expect(driver.log.at(-1)).toBe("damp");
});

test("lockstep takes no step beyond its permit", async () => {
  const abort = new AbortController();
  const { governor, inbox, steps } = rig(echo, { lockstep: true });
  inbox.permit(3);
  const run = governor.run(abort.signal);
  await new Promise(setImmediate);
  expect(steps.length).toBe(3);
  inbox.permit(5);
  await new Promise(setImmediate);
  expect(steps.length).toBe(5);
  abort.abort();
  await run;
  expect(steps.length).toBe(5);
});

test("lockstep waits for a permit however long the learner takes", async () => {
  const settings = { ...RUNTIME_DEFAULTS.governor, lockstepTimeoutMs: 1 };
  const { governor, inbox, steps } = rig(echo, { lockstep: true, settings, steps: 2 });
  const run = governor.run(new AbortController().signal);
  await new Promise((later) => setTimeout(later, 30));
  expect(steps.length).toBe(0);
  inbox.permit(2);
  await run;
  expect(steps.length).toBe(2);
});

test("lockstep gives up on a policy that never answers", async () => {
  const { governor } = rig(() => {}, {
    lockstep: true,
    settings: { ...RUNTIME_DEFAULTS.governor, lockstepTimeoutMs: 1 },
  });
  await expect(governor.run(new AbortController().signal)).rejects.toThrow("expected an answer to question 0 in 1 ms");
});

test("ends by itself after the steps it was given", async () => {
  const { governor, steps } = rig(echo, { steps: 7, sequence: 100, episode: 9 });
  await governor.run(new AbortController().signal);
  expect(steps.map(({ sequence }) => sequence)).toEqual([100, 101, 102, 103, 104, 105, 106]);
  expect(steps[0]!.episode).toBe(9);
});

test("a servo rate that is no multiple of the policy rate is refused", () => {
  expect(() => rig(echo, { spec: { ...spec, servoRateHz: 30 } })).toThrow("multiple of 20 Hz, found 30 Hz");
});

test("every tick that was due by the clock ran or was counted as missed, however late the loop was", async () => {
  const virtual = new VirtualClock();
  const random = new Random(3, "stalls");
  const wakes: bigint[] = [];
  const clock: Clock = {
    now: () => virtual.now(),
    sleepUntil: async (deadline) => {
      await virtual.sleepUntil(deadline);
      const stallNs = random.uniform() < 0.3 ? Math.floor(random.uniform() * 120e6) : 0;
      await virtual.sleepUntil(virtual.now() + BigInt(stallNs));
      wakes.push(virtual.now());
    },
  };
  const { runFor, governor } = rig(echo, { clock });
  await runFor(60);
  const { ticks, missedTicks, dueTicks } = governor.status;
  expect(ticks).toBe(wakes.length);
  expect(missedTicks).toBeGreaterThan(50);
  expect(dueTicks).toBe(Math.floor(Number(wakes.at(-1)!) / 10e6) + 1);
  expect(ticks + missedTicks).toBe(dueTicks);
});

test("a robot whose calibration is not the one its schema speaks of is refused before it moves", async () => {
  const calibrated = rig(echo, { spec: { ...spec, calibration: "3f2a" } });
  Object.assign(calibrated.driver, { calibrationHash: "9b01" });
  await expect(calibrated.runFor(3)).rejects.toThrow(
    'fake: expected the calibration "3f2a", found "9b01": it changed; start anew',
  );
  expect(calibrated.governor.status.state).toBe("fault");
  expect(calibrated.driver.log).toEqual(["open", "damp"]);
  const same = rig(echo, { spec: { ...spec, calibration: "3f2a" } });
  Object.assign(same.driver, { calibrationHash: "3f2a" });
  await same.runFor(3);
  expect(same.governor.status.state).toBe("engaged");
});
