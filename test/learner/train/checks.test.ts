import { expect, test } from "vitest";
import { LEARNER_DEFAULTS, type LearnerConfig } from "../../../learner/config.ts";
import { algorithmOf } from "../../../learner/train/algorithms.ts";
import { checkConfig, checkSameAgent } from "../../../learner/train/checks.ts";
import { NEW_ACCOUNT } from "../../../learner/train/ratio.ts";
import { SCHEMA } from "./fake-robot.ts";

const SAC: LearnerConfig = { ...LEARNER_DEFAULTS, algorithm: "sac" };

test("an unknown algorithm is refused with those there are", () => {
  const config = { ...LEARNER_DEFAULTS, algorithm: "ppo" };
  const message = 'learner.algorithm: expected one of dreamer, sac, found "ppo"';
  expect(() => checkConfig(config)).toThrow(`config: ${message}`);
  expect(() => algorithmOf(config)).toThrow(message);
  for (const known of [LEARNER_DEFAULTS, SAC]) checkConfig(known);
});

test("a transition needs two steps", () => {
  const replay = { ...LEARNER_DEFAULTS.replay, length: 1 };
  expect(() => checkConfig({ ...SAC, replay })).toThrow("learner.replay.length: expected at least 2, found 1");
  checkConfig({ ...LEARNER_DEFAULTS, replay });
});

test("a mixture needs a part that weighs something", () => {
  const mixture = { ...LEARNER_DEFAULTS.replay.mixture, uniform: 0 };
  const config = (ends: number) => ({
    ...LEARNER_DEFAULTS,
    replay: { ...LEARNER_DEFAULTS.replay, mixture: { ...mixture, ends } },
  });
  expect(() => checkConfig(config(0))).toThrow("learner.replay.mixture: expected a weight above 0, found 0, 0, 0");
  checkConfig(config(0.1));
});

test("a checkpoint from before there was a choice is Dreamer's", () => {
  const { algorithm: _, ...config } = LEARNER_DEFAULTS;
  const streams = {};
  const meta = { formatVersion: 1, schema: SCHEMA, config, account: NEW_ACCOUNT, policyVersion: 0, streams };
  const old = { ...meta, sampler: [1, 2, 3, 4] } as unknown as Parameters<typeof checkSameAgent>[0];
  checkSameAgent(old, SCHEMA, LEARNER_DEFAULTS);
  expect(() => checkSameAgent(old, SCHEMA, SAC)).toThrow("checkpoint: expected algorithm sac, found dreamer");
});
