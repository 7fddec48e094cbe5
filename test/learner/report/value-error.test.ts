import { expect, test } from "vitest";
import { LEARNER_DEFAULTS } from "../../../learner/config.ts";
import { valueErrors } from "../../../learner/report/value-error.ts";

const REPORT = { ...LEARNER_DEFAULTS.report, batch: 1, context: 3, openLoop: [1], valueSteps: 4 };
const gamma = 0.5;

function stream({ reward = [9, 9, 9, 1, 2, 4, 8], terminal = -1, first = 0 } = {}) {
  const only = (place: number) => Float32Array.from({ length: 7 }, (_, t) => Number(t === place));
  return {
    observation: new Float32Array(7),
    previousAction: new Float32Array(7),
    reward: Float32Array.from(reward),
    isFirst: only(first),
    isTerminal: only(terminal),
  };
}

const value = (start: number, end: number) => ({ start: Float32Array.of(start), end: Float32Array.of(end), gamma });

test("a critic that knows a stream of constant reward is without error", () => {
  const constant = stream({ reward: [3, 3, 3, 3, 3, 3, 3] }); // 3 / (1 − γ) = 6
  expect(valueErrors(value(6, 6), constant, REPORT)).toEqual({
    "value/bias": 0,
    "value/error": 0,
    "value/return": 6,
  });
});

test("the return starts with the reward after the state and ends with the critic's word", () => {
  // 1 + 2/2 + 4/4 + 8/8 + 32/16 = 6
  expect(valueErrors(value(5, 32), stream(), REPORT)).toEqual({
    "value/bias": -1,
    "value/error": 1,
    "value/return": 6,
  });
});

test("nothing counts behind a terminal step", () => {
  expect(valueErrors(value(2, 1e9), stream({ terminal: 4 }), REPORT)["value/return"]).toBe(2);
});

test("a stream that broke on the way or ended at the state says nothing", () => {
  expect(valueErrors(value(5, 32), stream({ first: 6 }), REPORT)).toEqual({});
  expect(valueErrors(value(5, 32), stream({ terminal: 2 }), REPORT)).toEqual({});
});

test("bias keeps the sign, error does not", () => {
  const both = {
    observation: new Float32Array(14),
    previousAction: new Float32Array(14),
    reward: Float32Array.from([...stream().reward].flatMap((each) => [each, each])),
    isFirst: new Float32Array(14),
    isTerminal: new Float32Array(14),
  };
  const values = { start: Float32Array.of(5, 8), end: Float32Array.of(32, 32), gamma };
  expect(valueErrors(values, both, { ...REPORT, batch: 2 })).toEqual({
    "value/bias": 0.5,
    "value/error": 1.5,
    "value/return": 6,
  });
});
