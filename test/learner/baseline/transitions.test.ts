import * as tf from "@tensorflow/tfjs-core";
import { beforeAll, expect, test } from "vitest";
import { follow, frame } from "../../../learner/baseline/history.ts";
import { transitionsOf } from "../../../learner/baseline/transitions.ts";
import { useEager } from "../../../learner/nn/eager.ts";
import { Random } from "../../../runtime/random.ts";

beforeAll(() => useEager());

/** Two streams of five steps, time-major; the second breaks before t = 3. Observations small, where symlog is ln(1 + x). */
const FIRST = [1, 1, 0, 0, 0, 0, 0, 1, 0, 0];
const seen = (t: number, b: number) => 0.1 * (t + 1) + 0.01 * b;
const done = (t: number, b: number) => 0.2 * t + 0.05 * b;
const rows = (f: (t: number, b: number) => number) => Array.from({ length: 10 }, (_, i) => f(i >> 1, i % 2));
const BATCH = () => ({
  observation: tf.tensor2d(rows(seen), [10, 1]),
  previousAction: tf.tensor2d(rows(done), [10, 1]),
  reward: tf.tensor1d(rows((t, b) => 10 * t + b)),
  isFirst: tf.tensor1d(FIRST),
  isTerminal: tf.tensor1d(rows((t, b) => Number(t === 4 && b === 0))),
});
const list = (x: tf.Tensor) => x.arraySync() as number[][];

test("a transition is what was seen, done next, and came of it", () => {
  const { state, next, action, reward, terminal, counts } = transitionsOf(BATCH(), 1, 2);
  expect(state.shape).toEqual([8, 2]);
  for (let i = 0; i < 8; i++) {
    const [t, b] = [i >> 1, i % 2];
    expect(list(state)[i]![0]).toBeCloseTo(Math.log1p(seen(t, b)), 5);
    expect(list(next)[i]![0]).toBeCloseTo(Math.log1p(seen(t + 1, b)), 5);
    expect(list(action)[i]![0]).toBeCloseTo(done(t + 1, b), 5);
  }
  expect([...reward.dataSync()]).toEqual([10, 11, 20, 21, 30, 31, 40, 41]);
  expect([...terminal.dataSync()]).toEqual([0, 0, 0, 0, 0, 0, 1, 0]);
  expect([...counts.dataSync()]).toEqual([1, 1, 1, 1, 1, 0, 1, 1]);
});

test("a state holds the newest frames, and none from before a break", () => {
  const { next } = transitionsOf(BATCH(), 3, 2);
  const frameAt = (t: number, b: number, first = false) => [Math.log1p(seen(t, b)), first ? 0 : done(t, b)];
  const expectRow = (i: number, expected: number[]) =>
    expected.forEach((value, column) => {
      expect(list(next)[i]![column], `row ${i}, column ${column}`).toBeCloseTo(value, 5);
    });
  // Stream 0: at t = 1 the first frame stands for what is older, at t = 2 there are three.
  expectRow(0, [...frameAt(1, 0), ...frameAt(0, 0, true), ...frameAt(0, 0, true)]);
  expectRow(2, [...frameAt(2, 0), ...frameAt(1, 0), ...frameAt(0, 0, true)]);
  expectRow(4, [...frameAt(3, 0), ...frameAt(2, 0), ...frameAt(1, 0)]);
  // Stream 1 is new at t = 3.
  const fresh = frameAt(3, 1, true);
  expectRow(5, [...fresh, ...fresh, ...fresh]);
  expectRow(7, [...frameAt(4, 1), ...fresh, ...fresh]);
});

test("a robot that follows step by step has the states of the batch", () => {
  const random = new Random(1, "history");
  const noise = (columns: number) =>
    tf.tensor2d(
      Array.from({ length: 10 * columns }, () => random.normal()),
      [10, columns],
    );
  const batch = { ...BATCH(), observation: noise(3), previousAction: noise(2) };
  for (const frames of [1, 2, 3, 4]) {
    const { next } = transitionsOf(batch, frames, 2);
    let state = tf.slice(noise(frames * 5), [0, 0], [2, frames * 5]); // what is left of another life
    for (let t = 0; t < 5; t++) {
      const at = (x: tf.Tensor2D) => tf.slice(x, [2 * t, 0], [2, x.shape[1]]);
      const isFirst = tf.tensor2d(FIRST.slice(2 * t, 2 * t + 2), [2, 1]);
      state = follow(state, frame(at(batch.observation), at(batch.previousAction), isFirst), isFirst, frames);
      if (t > 0) expect(list(state)).toEqual(list(tf.slice(next, [2 * t - 2, 0], [2, frames * 5])));
    }
  }
});
