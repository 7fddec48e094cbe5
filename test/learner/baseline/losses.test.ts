import * as tf from "@tensorflow/tfjs-core";
import { beforeAll, expect, test } from "vitest";
import { actorLoss, criticLoss, polyak, softTarget, temperatureGradient } from "../../../learner/baseline/losses.ts";
import { useEager } from "../../../learner/nn/eager.ts";

beforeAll(() => useEager());

const row = (...values: number[]) => tf.tensor1d(values);
const numbers = (x: tf.Tensor) => [...x.dataSync()].map((value) => Math.round(value * 1e4) / 1e4);

test("the target bootstraps with the smaller critic and the entropy, and not beyond an end", () => {
  const target = softTarget(
    row(1, 2, 3),
    row(0, 0, 1),
    [row(10, 4, 9), row(8, 5, 9)],
    row(-2, 1, 5),
    tf.scalar(0.5),
    0.9,
  );
  // 1 + 0.9·(8 + 0.5·2), 2 + 0.9·(4 − 0.5·1), 3
  expect(numbers(target)).toEqual([9.1, 5.15, 3]);
});

test("the critics' loss is the mean over what really is a transition", () => {
  const q = [row(1, 2, 100), row(0, 4, 100)] as const;
  // ½·(1 + 4 + 0 + 4) over two rows
  expect(numbers(criticLoss(q, row(2, 2, 0), row(1, 1, 0)))).toEqual([2.25]);
  expect(numbers(criticLoss(q, row(2, 2, 0), row(0, 0, 0)))).toEqual([0]);
});

test("the actor weighs the smaller critic against its log probability", () => {
  // ½·((0.2·−1 − 1) + (0.2·3 − 2))
  expect(numbers(actorLoss([row(1, 3), row(5, 2)], row(-1, 3), tf.scalar(0.2)))).toEqual([-1.3]);
});

test("too little entropy asks for a higher temperature, too much for a lower one", () => {
  // Entropy is −log π: here 1 against −2, and −3 against −2. The optimiser goes against the gradient.
  expect(numbers(temperatureGradient(row(-1, -1), -2))).toEqual([3]);
  expect(numbers(temperatureGradient(row(3, 3), -2))).toEqual([-1]);
});

test("a target moves by tau towards its weight, and nothing else gets a target", () => {
  const moved = polyak({ q: row(1, 2) }, { q: row(3, 2), actor: row(5) }, 0.25);
  expect(Object.keys(moved)).toEqual(["q"]);
  expect(numbers(moved.q!)).toEqual([1.5, 2]);
});
