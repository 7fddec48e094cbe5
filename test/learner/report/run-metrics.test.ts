import { expect, test } from "vitest";
import { LEARNER_DEFAULTS } from "../../../learner/config.ts";
import { ActionUse } from "../../../learner/report/action-use.ts";
import { FIRST_STEPS, RewardDrop, WINDOW_STEPS } from "../../../learner/report/reward-drop.ts";
import { RunMetrics } from "../../../learner/report/run-metrics.ts";
import { sensorsOf } from "../../../learner/report/sensors.ts";
import { StageShares } from "../../../learner/report/stage-shares.ts";
import { counterStep, SCHEMA } from "../train/fake-robot.ts";

test("stages are shares of the steps since the line before; upright is what was not down", () => {
  const stages = new StageShares();
  stages.setDown("down");
  expect(stages.take()).toEqual({});
  stages.add("down", 3);
  stages.add("walking", 1);
  stages.add("", 100);
  expect(stages.take()).toEqual({ "stage/down": 0.75, "stage/walking": 0.25, upright: 0.25 });
  stages.add("walking", 5);
  expect(stages.take()).toEqual({ "stage/down": 0, "stage/walking": 1, upright: 1 });
  expect(stages.take()).toEqual({});
});

test("a task that names no such stage has no upright", () => {
  const stages = new StageShares();
  stages.add("reaching", 2);
  expect(stages.take()).toEqual({ "stage/reaching": 1 });
});

test("a fall of the reward is a collapse once it costs more than a quarter of what was gained", () => {
  const watch = new RewardDrop(0.25);
  const add = (reward: number, steps: number) => {
    for (let i = 0; i < steps; i++) watch.add(reward);
  };
  add(4, FIRST_STEPS);
  add(8, WINDOW_STEPS - FIRST_STEPS - 1);
  expect(watch.metrics()).toEqual({});
  add(8, FIRST_STEPS + 1);
  expect(watch.metrics()).toEqual({ rewardDrop: 0, collapsed: 0 }); // best 8, first 4: 1 may be lost
  add(2, WINDOW_STEPS / 6);
  expect(watch.metrics()).toEqual({ rewardDrop: 1, collapsed: 0 });
  add(2, 1);
  expect(watch.metrics()).toEqual({ rewardDrop: expect.closeTo(1.001, 9), collapsed: 1 });
  add(9, WINDOW_STEPS);
  expect(watch.metrics()).toEqual({ rewardDrop: 0, collapsed: 0 });
});

test("a run that never got better than it began cannot collapse", () => {
  const watch = new RewardDrop(0.25);
  for (let i = 0; i < 3 * WINDOW_STEPS; i++) watch.add(-i);
  expect(watch.metrics()).toEqual({ rewardDrop: 2 * WINDOW_STEPS, collapsed: 0 });
});

test("the use of the action range covers the newest steps alone", () => {
  const use = new ActionUse({ saturated: 0.99, actionSteps: 2 });
  expect(use.metrics()).toEqual({});
  use.add(Float32Array.of(1, 1));
  use.add(Float32Array.of(-1, 0.5));
  use.add(Float32Array.of(0, 0.25));
  expect(use.metrics()).toEqual({ "action/size": (0.75 + 0.125) / 2, "action/saturated": 0.25 });
});

test("a report stands in one line", () => {
  const run = new RunMetrics(LEARNER_DEFAULTS.report);
  run.step(counterStep(1));
  run.report({ "value/bias": 2 });
  expect(run.take()).toEqual({ "action/size": 0, "action/saturated": 0, intervened: 0, "value/bias": 2 });
  expect(run.take()).toEqual({ "action/size": 0, "action/saturated": 0, intervened: 0 });
});

test("the share of people's actions is that of the last 1000 steps", () => {
  const run = new RunMetrics(LEARNER_DEFAULTS.report);
  for (let i = 0; i < 1000; i++) run.step({ ...counterStep(i), intervened: i < 600 });
  expect(run.take().intervened).toBe(0.6);
  for (let i = 1000; i < 1500; i++) run.step(counterStep(i));
  expect(run.take().intervened).toBe(0.1);
});

test("a sensor is a tensor, or its numbers of one unit where it has several", () => {
  const float = (name: string, shape: number[], units: string[]) => ({ name, dtype: "float32" as const, shape, units });
  const observation = [
    float("arm", [4], ["rad", "rad/s", "rad", "m"]),
    { name: "eye", dtype: "uint8" as const, shape: [8, 8, 3], units: ["1"] },
    float("gravity", [3], ["1", "1", "1"]),
    float("field", [2, 2], ["T"]),
  ];
  expect(sensorsOf({ ...SCHEMA, observation })).toEqual([
    { name: "arm[rad]", places: [0, 2] },
    { name: "arm[rad/s]", places: [1] },
    { name: "arm[m]", places: [3] },
    { name: "gravity", places: [4, 5, 6] },
    { name: "field", places: [7, 8, 9, 10] },
  ]);
});
