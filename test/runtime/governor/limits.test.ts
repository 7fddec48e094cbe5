import { expect, test } from "vitest";
import { A1_SPEC } from "../../../robots/a1/joints.ts";
import { assertLimits } from "../../../runtime/governor/limit-checks.ts";
import { Limiter, RefusedTarget } from "../../../runtime/governor/limits.ts";
import type { JointSpec, RobotSpec } from "../../../runtime/robot.ts";
import { fc } from "../../properties.ts";
import { spec } from "./fakes.ts";

const JOINT: JointSpec = {
  name: "elbow",
  min: -1,
  max: 2,
  softMargin: 0.1,
  velocityLimit: 4,
  accelerationLimit: 100,
  effortLimit: 6,
  kp: 10,
  kd: 0.5,
};
const ONE: RobotSpec = { ...spec, servoRateHz: 100, joints: [JOINT], restPose: [0] };
const PERIOD = 0.01;

/** Sends targets to a joint that is always where it was told, at rest. */
function follow(limiter: Limiter, from: number, targets: readonly number[]): number[] {
  limiter.seed([from]);
  let at = from;
  return targets.map((wanted) => {
    const target = Float64Array.of(wanted);
    limiter.limit(target, [at], [0]);
    at = target[0]!;
    return at;
  });
}

const anyNumber = fc.oneof(fc.double(), fc.double({ min: -3, max: 3, noNaN: true }));

test("whatever comes in, what leaves is finite and within the position limits, or refused", () => {
  const limiter = new Limiter(ONE, 0.2);
  fc.assert(
    fc.property(anyNumber, anyNumber, anyNumber, (wanted, position, velocity) => {
      const target = Float64Array.of(wanted);
      if (![wanted, position, velocity].every(Number.isFinite)) {
        expect(() => limiter.limit(target, [position], [velocity])).toThrow(RefusedTarget);
        return;
      }
      limiter.limit(target, [position], [velocity]);
      expect(target[0]).toBeGreaterThanOrEqual(-0.9);
      expect(target[0]).toBeLessThanOrEqual(1.9);
    }),
  );
});

test("a command that is followed keeps to velocity and acceleration, and stops at its target without passing it", () => {
  fc.assert(
    fc.property(
      fc.double({ min: -0.9, max: 1.9, noNaN: true }),
      fc.double({ min: -0.9, max: 1.9, noNaN: true }),
      (from, to) => {
        const path = follow(new Limiter(ONE, Number.POSITIVE_INFINITY), from, new Array(250).fill(to));
        let [previous, speed] = [from, 0];
        for (const at of path) {
          const now = (at - previous) / PERIOD;
          expect(Math.abs(now)).toBeLessThanOrEqual(4 + 1e-9);
          expect(Math.abs(now - speed)).toBeLessThanOrEqual(100 * PERIOD + 1e-6);
          expect((at - to) * Math.sign(to - from)).toBeLessThanOrEqual(1e-7);
          [previous, speed] = [at, now];
        }
        expect(path.at(-1)).toBeCloseTo(to, 6);
      },
    ),
  );
});

test("towards the end of its range a command brakes in time", () => {
  const path = follow(new Limiter(ONE, Number.POSITIVE_INFINITY), 0, new Array(100).fill(50));
  const speeds = path.map((at, i) => (at - (path[i - 1] ?? 0)) / PERIOD);
  for (let i = 1; i < speeds.length; i++) expect(speeds[i - 1]! - speeds[i]!).toBeLessThanOrEqual(1 + 1e-6);
  expect(path.at(-1)).toBeCloseTo(1.9, 6);
});

test("a joint that does not follow does not ratchet the command along", () => {
  const limiter = new Limiter(ONE, 0.2);
  limiter.seed([0]);
  const target = new Float64Array(1);
  for (let i = 0; i < 100; i++) {
    target[0] = 1;
    limiter.limit(target, [0], [0]);
    expect(target[0]).toBeLessThanOrEqual(0.2 + 1e-12);
  }
});

test("the controller is never asked for more than the effort limit", () => {
  fc.assert(
    fc.property(
      fc.double({ min: -0.9, max: 1.9, noNaN: true }),
      fc.double({ min: -0.3, max: 1.2, noNaN: true }),
      fc.double({ min: -4, max: 4, noNaN: true }),
      (wanted, position, velocity) => {
        const limiter = new Limiter(ONE, Number.POSITIVE_INFINITY);
        limiter.seed([wanted]);
        const target = Float64Array.of(wanted);
        limiter.limit(target, [position], [velocity]);
        const effort = JOINT.kp * (target[0]! - position) - JOINT.kd * velocity;
        expect(Math.abs(effort)).toBeLessThanOrEqual(6 + 1e-9);
      },
    ),
  );
});

test("a target within all limits is left as it is, and the limit that decides is counted", () => {
  const limiter = new Limiter(ONE, 0.2);
  expect(follow(limiter, 0.5, [0.502, 0.51, 0.52])).toEqual([0.502, 0.51, 0.52]);
  const none = { acceleration: 0, velocity: 0, error: 0, effort: 0, position: 0 };
  expect(limiter.counts).toEqual(none);
  const decides = (from: number, wanted: number, position: number, velocity: number) => {
    const fresh = new Limiter(ONE, 0.2);
    fresh.seed([from]);
    fresh.limit(Float64Array.of(wanted), [position], [velocity]);
    return fresh.counts;
  };
  expect(decides(0.5, 1.5, 0.5, 0)).toEqual({ ...none, acceleration: 1 });
  expect(decides(0.5, 0.5, 0.1, 0)).toEqual({ ...none, error: 1 });
  expect(decides(0.5, 0.5, 0.5, 30)).toEqual({ ...none, effort: 1 });
  expect(decides(1.9, 1.95, 1.9, 0)).toEqual({ ...none, position: 1 });
  const fast = new Limiter({ ...ONE, joints: [{ ...JOINT, accelerationLimit: 750 }] }, Number.POSITIVE_INFINITY);
  fast.seed([0]);
  fast.limit(Float64Array.of(1), [0], [0]);
  expect(fast.counts).toEqual({ ...none, velocity: 1 });
});

test("a refused target leaves the command in force as it was", () => {
  const limiter = new Limiter(ONE, 0.2);
  limiter.seed([0]);
  expect(() => limiter.limit(Float64Array.of(Number.NaN), [0], [0])).toThrow(
    "limits: elbow: expected a finite target, found NaN",
  );
  expect(() => limiter.limit(new Float64Array(2), [0], [0])).toThrow("expected 1 joints, found 2 targets");
  const target = Float64Array.of(0.001);
  limiter.limit(target, [0], [0]);
  expect(target[0]).toBe(0.001);
});

const task = { maxPositionError: 0.2 };
const withJoint = (change: Partial<JointSpec>): RobotSpec => ({ ...ONE, joints: [{ ...JOINT, ...change }] });

test("good limits pass, the A1's among them", () => {
  assertLimits({ ...ONE, joints: [{ ...JOINT, effortLimit: 3 }] }, task);
  assertLimits(A1_SPEC, task);
});

test.each<[string, RobotSpec, { maxPositionError: number }, string]>([
  [
    "missing",
    withJoint({ velocityLimit: undefined as unknown as number }),
    task,
    "a finite velocityLimit, found undefined",
  ],
  ["not a number", withJoint({ min: Number.NaN }), task, "elbow: expected a finite min, found NaN"],
  ["the wrong way round", withJoint({ min: 3 }), task, "expected min below max, found 3 and 2 rad"],
  [
    "too wide to ever act: velocity",
    withJoint({ velocityLimit: 301 }),
    task,
    "velocityLimit below 300 rad/s to ever act",
  ],
  ["too wide to ever act: acceleration", withJoint({ accelerationLimit: 900 }), task, "accelerationLimit below 800"],
  ["too wide to ever act: effort", withJoint({ effortLimit: 50 }), task, "effortLimit below the 4 N·m"],
  [
    "too wide to ever act: error",
    withJoint({ effortLimit: 3 }),
    { maxPositionError: 4 },
    "maxPositionError: expected below 3 rad",
  ],
  ["a margin that leaves nothing", withJoint({ softMargin: 1.5 }), task, "softMargin in [0, 1.5) rad, found 1.5"],
  [
    "a rest pose outside",
    { ...ONE, restPose: [1.95] },
    task,
    "rest pose: expected elbow in -0.9 … 1.9 rad, found 1.95",
  ],
  ["a rest pose of another machine", { ...ONE, restPose: [] }, task, "rest pose: expected 1 joints, found 0"],
  [
    "a watch limit of 0",
    { ...ONE, watch: { ...ONE.watch, temperature: 0 } },
    task,
    "watch temperature: expected above 0 or null",
  ],
])("limits that are %s are refused by name", (_, robot, settings, message) => {
  expect(() => assertLimits(robot, settings)).toThrow(message);
});

test("limits outside what was calibrated are refused", () => {
  const robot = withJoint({ effortLimit: 3 });
  assertLimits(robot, task, [{ min: -1, max: 2 }]);
  expect(() => assertLimits(robot, task, [{ min: -0.9, max: 2 }])).toThrow(
    "limits inside the calibrated -0.9 … 2 rad, found -1 … 2",
  );
});
