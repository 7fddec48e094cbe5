import { expect, test } from "vitest";
import { parseRosFaults, type RosFault } from "../../../drivers/ros2/mock/faults.ts";
import { FaultyTopics } from "../../../drivers/ros2/mock/faulty-topics.ts";

/** Timers of a clock that the test moves, ms. */
function timers() {
  const waiting: { atMs: number; act: () => void; off: boolean }[] = [];
  let nowMs = 0;
  return {
    now: () => nowMs,
    after: (ms: number, act: () => void) => {
      const each = { atMs: nowMs + ms, act, off: false };
      waiting.push(each);
      return () => {
        each.off = true;
      };
    },
    pass: (ms: number) => {
      const until = nowMs + ms;
      for (;;) {
        const next = waiting.filter(({ atMs, off }) => !off && atMs <= until).sort((a, b) => a.atMs - b.atMs)[0];
        if (next === undefined) break;
        nowMs = next.atMs;
        next.off = true;
        next.act();
      }
      nowMs = until;
    },
  };
}

const joints = ["shoulder", "elbow"];
const names = ["shoulder_joint", "elbow_joint"];

function faulty(faults: readonly RosFault[], seed = 0) {
  const clock = timers();
  const topics = new FaultyTopics({ timers: clock, seed, joints, names });
  const changed: string[] = [];
  topics.onFault = (kind) => changed.push(kind);
  topics.inject(faults);
  return { clock, topics, changed };
}

/** Which of so many messages, 10 ms apart, were said when, ms. */
function said({ clock, topics }: ReturnType<typeof faulty>, topic: "state" | "odometry" | "estop", count: number) {
  const out: [message: number, atMs: number][] = [];
  for (let i = 0; i < count; i++) {
    topics.carry(topic, () => out.push([i, clock.now()]));
    clock.pass(10);
  }
  clock.pass(1000);
  return out;
}

test("a topic is silent for its time, the others are not", () => {
  const silent = faulty([{ kind: "silent", topic: "odometry", from: 0.02, for: 0.03 }]);
  expect(said(silent, "odometry", 7).map(([message]) => message)).toEqual([0, 1, 5, 6]);
  expect(silent.changed).toEqual(["silent", "silent", "silent"]);
  const other = faulty([{ kind: "silent", topic: "odometry" }]);
  expect(said(other, "state", 3)).toHaveLength(3);
});

test("delayed and jittered messages come later, in their order, the same for a seed", () => {
  expect(said(faulty([{ kind: "delay", ms: 25 }]), "state", 2)).toEqual([
    [0, 25],
    [1, 35],
  ]);
  const jittered = (seed: number) => said(faulty([{ kind: "jitter", ms: 40 }], seed), "state", 30);
  expect(jittered(3)).toEqual(jittered(3));
  expect(jittered(3)).not.toEqual(jittered(4));
  expect(jittered(3).map(([message]) => message)).toEqual(Array.from({ length: 30 }, (_, i) => i));
});

test("a share of messages is dropped", () => {
  const { length } = said(faulty([{ kind: "drop", share: 0.5 }], 1), "state", 200);
  expect(length).toBeGreaterThan(70);
  expect(length).toBeLessThan(130);
});

test("joint states lack a joint, or have one without a number, by the robot's own name of it", () => {
  const two = Float64Array.of(1, 2);
  const state = { header: { stamp: { sec: 0, nanosec: 0 }, frame_id: "" }, name: names.toReversed() };
  const whole = { ...state, position: two, velocity: two, effort: two };
  const missing = faulty([{ kind: "missing-joint", joint: "elbow" }]).topics.distort(whole);
  expect([missing.name, [...missing.position]]).toEqual([["shoulder_joint"], [2]]);
  const { topics, changed } = faulty([{ kind: "not-finite", joint: "elbow" }]);
  expect([...topics.distort(whole).position]).toEqual([Number.NaN, 2]);
  expect(changed).toEqual(["not-finite"]);
  expect(() => faulty([{ kind: "not-finite", joint: "knee" }])).toThrow(
    "no joint knee; here there are shoulder, elbow",
  );
});

test("rosbridge goes and comes back, the emergency stop is pressed and let go, each at its time", () => {
  const { clock, topics } = faulty([
    { kind: "unplug", reported: true, from: 0.01, for: 0.02 },
    { kind: "estop", from: 0.01, for: 0.02 },
  ]);
  const plugs: [number, boolean][] = [];
  topics.onPlug = (_, out) => plugs.push([clock.now(), out]);
  const pressed = [0, 15, 20].map((ms) => {
    clock.pass(ms);
    return topics.estop;
  });
  expect(plugs).toEqual([
    [10, true],
    [30, false],
  ]);
  expect(pressed).toEqual([false, true, false]);
});

test.each([
  [{ kind: "corrupt", share: 1 }, /fault 1: expected a kind of silent, drop, .*, found "corrupt"/],
  [
    { kind: "silent", topic: "camera" },
    /fault 1 \(silent\): expected a topic of state, odometry, estop, found "camera"/,
  ],
  [{ kind: "missing-joint" }, /fault 1 \(missing-joint\): expected "joint", found none/],
  [{ kind: "delay", ms: "long" }, /expected "ms" to be a number/],
])("%j is refused, by what is wrong with it", (fault, message) => {
  expect(() => parseRosFaults([fault])).toThrow(message);
});
