import { expect, test } from "vitest";
import { Physics } from "../../../drivers/sim/physics.ts";
import { SimDriver } from "../../../drivers/sim/sim-driver.ts";
import { mapAction } from "../../../robots/so101/action.ts";
import { goalAt } from "../../../robots/so101/goal.ts";
import { SO101_JOINTS, SO101_SPEC } from "../../../robots/so101/joints.ts";
import { LENGTHS, places } from "../../../robots/so101/kinematics.ts";
import { so101Mjcf } from "../../../robots/so101/mjcf.ts";
import { SO101 } from "../../../robots/so101/so101.ts";
import { VirtualClock } from "../../../runtime/clock.ts";
import { RUNTIME_DEFAULTS } from "../../../runtime/defaults.ts";
import { endStateFor } from "../../../runtime/governor/endings.ts";
import { Governor } from "../../../runtime/governor/governor.ts";
import { Inbox } from "../../../runtime/governor/inbox.ts";
import { assertLimits } from "../../../runtime/governor/limit-checks.ts";
import { longestRestMs } from "../../../runtime/governor/rest-move.ts";
import { Random } from "../../../runtime/random.ts";
import type { Sample } from "../../../runtime/robot.ts";
import { fc } from "../../properties.ts";

const task = SO101.task(SO101.settings);
const anyAction = fc.array(fc.double({ min: -1, max: 1, noNaN: true }), { minLength: 6, maxLength: 6 });
const targetOf = (action: readonly number[]): Float64Array => {
  const out = new Float64Array(6);
  mapAction(action, SO101.settings.clearance, out);
  return out;
};

test("its limits hold together", () => assertLimits(SO101_SPEC, task));

test("tip and wrist are where the model has them", async () => {
  const physics = await Physics.load(so101Mjcf());
  const [wrist, gripper] = [physics.body("wrist"), physics.body("gripper")];
  const random = new Random(0, "poses");
  for (let i = 0; i < 20; i++) {
    const q = SO101_SPEC.joints.map(({ min, max }) => min + random.uniform() * (max - min));
    SO101_JOINTS.forEach((joint, k) => {
      physics.qpos[physics.joint(joint).qpos] = q[k]!;
    });
    physics.place();
    const found = places(q);
    const { position, rotation } = physics.bodyPose(gripper);
    const { x, z } = LENGTHS.tip;
    for (const axis of [0, 1, 2]) {
      expect(found.wrist[axis]).toBeCloseTo(physics.bodyPose(wrist).position[axis]!, 6);
      const at = position[axis]! + rotation[3 * axis]! * x + rotation[3 * axis + 2]! * z;
      expect(found.tip[axis]).toBeCloseTo(at, 6);
    }
  }
  physics.delete();
});

test("no action sends tip or wrist down to the table", () => {
  const lowest = (action: readonly number[]): number => {
    const { wrist, tip } = places(targetOf(action));
    return Math.min(wrist[2], tip[2]);
  };
  const enough = SO101.settings.clearance - 1e-12;
  fc.assert(
    fc.property(anyAction, (action) => {
      expect(lowest(action)).toBeGreaterThanOrEqual(enough);
    }),
  );
  // Where elbow and wrist hang down before or behind the arm, the shoulder alone cannot lift the tip. Draws seldom find that.
  const grid = Array.from({ length: 21 }, (_, i) => -1 + i / 10);
  for (const lift of [-1, 0, 1]) {
    for (const elbow of grid) {
      for (const wrist of grid) {
        for (const roll of [-1, 0, 1]) expect(lowest([0, lift, elbow, wrist, roll, 0])).toBeGreaterThanOrEqual(enough);
      }
    }
  }
});

test("a goal is the same whenever it is asked for, above the table, and another one after a while", () => {
  const at = (seconds: number): Float32Array => {
    const position = Float64Array.from(SO101_SPEC.restPose);
    const rest = { position, velocity: new Float64Array(6), effort: new Float64Array(6), sensors: {} };
    return task.observe({ timeNs: BigInt(seconds * 1e9), ...rest } as Sample).arm as Float32Array;
  };
  expect(at(5.9)).toEqual(at(0.1));
  expect(at(6.1)).not.toEqual(at(0.1));
  for (let i = 0; i < 50; i++) {
    const { place, opening } = goalAt(1, i);
    expect(goalAt(1, i)).toEqual({ place, opening });
    expect(place[2]).toBeGreaterThan(0.08);
    expect(Math.hypot(...place)).toBeLessThan(0.56);
  }
});

test("the reward is full at the goal, little far off, and rises on the way there", () => {
  const { place, opening } = goalAt(0, 0);
  const random = new Random(0, "search");
  const rewardAt = (q: readonly number[]): number => {
    const position = Float64Array.from(q);
    const sample = { timeNs: 0n, position, velocity: new Float64Array(6), effort: new Float64Array(6), sensors: {} };
    return task.reward(sample);
  };
  const scored = Array.from({ length: 3000 }, () => {
    const q = [...targetOf(Array.from({ length: 6 }, () => 2 * random.uniform() - 1))].with(5, opening);
    const { tip } = places(q);
    return { distance: Math.hypot(...tip.map((x, i) => x - place[i]!)), reward: rewardAt(q) };
  }).sort((a, b) => a.distance - b.distance);
  expect(scored[0]!.reward).toBeGreaterThan(7);
  expect(scored.at(-1)!.reward).toBeLessThan(2.5);
  for (let i = 1; i < scored.length; i++) expect(scored[i]!.reward).toBeLessThanOrEqual(scored[i - 1]!.reward);
});

/** Drives the arm with `action` held for `seconds`, and ends as Ctrl-C does. */
async function stopped(seconds: number, action: (tick: number) => readonly number[]) {
  const clock = new VirtualClock();
  const driver = new SimDriver(SO101.spec, SO101.simulation(SO101.settings), clock, { commandTimeoutMs: 0 });
  const inbox = new Inbox();
  const stop = new AbortController();
  const notes: string[] = [];
  let stoppedNs = 0n;
  const governor = new Governor({
    ...{ spec: SO101.spec, task, driver, clock, inbox },
    ask: ({ tick }) => {
      inbox.deliver({ tick, action: Float32Array.from(action(tick)), policyVersion: 1, surprise: 0 });
      if (tick < 20 * seconds) return;
      stop.abort();
      stoppedNs = clock.now();
    },
    onStep: () => {},
    report: (text) => notes.push(text),
    settings: RUNTIME_DEFAULTS.governor,
    watchdogs: RUNTIME_DEFAULTS.watchdogs,
    ...{ lockstep: false, sequence: 0, episode: 0, steps: 0 },
  });
  await governor.run(stop.signal);
  return { clock, driver, notes, tookMs: Number(clock.now() - stoppedNs) / 1e6 };
}

test.each([1, 2, 3])("stopped anywhere (seed %i) it folds up, is let go there and hardly falls", async (seed) => {
  const random = new Random(seed, "wild");
  let action: number[] = [];
  const { clock, driver, notes, tookMs } = await stopped(3, (tick) => {
    if (tick % 10 === 0) action = Array.from({ length: 6 }, () => 2 * random.uniform() - 1);
    return action;
  });
  expect(notes).toEqual(["returns to its rest pose", "return to the rest pose: rests"]);
  expect(tookMs).toBeLessThan(longestRestMs(SO101.spec));
  expect(driver.command).toBeUndefined();
  const before = places((await driver.read()).position);
  for (let i = 0; i < 100; i++) {
    await clock.sleepUntil(clock.now() + 20_000_000n);
    await driver.read();
  }
  const after = places((await driver.read()).position);
  for (const axis of [0, 1, 2]) {
    expect(Math.abs(after.tip[axis]! - before.tip[axis]!)).toBeLessThan(0.03);
    expect(Math.abs(after.wrist[axis]! - before.wrist[axis]!)).toBeLessThan(0.03);
  }
  await driver.close();
});

test("away from its rest pose it is held, and after an emergency stop held where it is", () => {
  const stretched = SO101_JOINTS.map(() => 0);
  expect(endStateFor(SO101_SPEC, "governor", SO101_SPEC.restPose)).toBe("limp");
  expect(endStateFor(SO101_SPEC, "governor", stretched)).toBe("hold");
  expect(endStateFor(SO101_SPEC, "estop", stretched)).toBe("stop");
});
