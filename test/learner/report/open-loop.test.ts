import { expect, test } from "vitest";
import { LEARNER_DEFAULTS } from "../../../learner/config.ts";
import { openLoopErrors, unbroken } from "../../../learner/report/open-loop.ts";

const REPORT = { ...LEARNER_DEFAULTS.report, batch: 2, context: 2, openLoop: [1, 3], valueSteps: 3 };
const SENSORS = [
  { name: "a", places: [0] },
  { name: "b", places: [1, 2] },
];

/** Sequence b observes (t, 10·t, −10·t) + b at step t, and earns 100·t + b. */
function world({ isFirst = new Float32Array(10) } = {}) {
  const rows = Array.from({ length: 10 }, (_, row) => [Math.floor(row / 2), row % 2] as const);
  return {
    observation: Float32Array.from(rows.flatMap(([t, b]) => [t + b, 10 * t + b, -10 * t + b])),
    previousAction: new Float32Array(10),
    reward: Float32Array.from(rows.map(([t, b]) => 100 * t + b)),
    isFirst,
    isTerminal: new Float32Array(10),
  };
}

/** Off by k in "a", by 2 and 4 in "b", by b in the reward. */
function guess() {
  const at = [1, 3].flatMap((k) => [0, 1].map((b) => [k, 1 + k, b] as const));
  return {
    observation: Float32Array.from(at.flatMap(([k, t, b]) => [t + b + k, 10 * t + b - 2, -10 * t + b + 4])),
    reward: Float32Array.from(at.map(([, t, b]) => 100 * t + 2 * b)),
  };
}

test("errors are mean sizes at just that step, a sensor each, beside those of staying as it was", () => {
  expect(openLoopErrors(guess(), world(), SENSORS, REPORT)).toEqual({
    "openLoop/1/a": 1,
    "openLoop/1/b": 3,
    "openLoopReward/1": 0.5,
    "still/1/a": 1,
    "still/1/b": 10,
    "stillReward/1": 100,
    "openLoop/3/a": 3,
    "openLoop/3/b": 3,
    "openLoopReward/3": 0.5,
    "still/3/a": 3,
    "still/3/b": 30,
    "stillReward/3": 300,
  });
});

test("a sequence that broke on the way is left out, and a number nobody is left for", () => {
  const isFirst = new Float32Array(10);
  isFirst[2 * 2 + 1] = 1; // sequence 1 breaks at the first step after the context
  isFirst[0] = 1; // within the context: no matter
  const errors = openLoopErrors(guess(), world({ isFirst }), SENSORS, REPORT);
  expect(errors["openLoopReward/1"]).toBe(0);
  expect(errors["openLoop/3/b"]).toBe(3);
  isFirst[4 * 2] = 1; // sequence 0 breaks at the third
  const fewer = openLoopErrors(guess(), world({ isFirst }), SENSORS, REPORT);
  expect(Object.keys(fewer).filter((name) => name.includes("/3"))).toEqual([]);
  expect(fewer["openLoop/1/a"]).toBe(1);
  expect(unbroken(isFirst, 2, 2, 2)).toEqual([0]);
});
