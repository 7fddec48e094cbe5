import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { LEARNER_DEFAULTS, type LearnerConfig } from "../../learner/config.ts";
import { configured } from "../../learner/train/algorithms.ts";
import { readCheckpoint } from "../../learner/train/checkpoint.ts";
import { runLearner } from "../../learner/train/learner.ts";
import type { LearnerEvent } from "../../learner/train/status.ts";
import type { Batch } from "../../learner/train/trainer.ts";
import { type Agent, trainHere } from "../../learner/train/training.ts";
import { log } from "../../runtime/cli/log.ts";
import { Pretraining } from "../../runtime/cli/pretraining.ts";
import { newestBundle } from "../../runtime/wire/bundle.ts";
import { decodeSafetensors } from "../../runtime/wire/safetensors.ts";
import { fakeAgent } from "../learner/train/fake-agent.ts";
import { numbered, recordedRun } from "../runtime/log/lerobot/recorded.ts";
import { REACHER_SCHEMA } from "./reacher-run.ts";

const STEPS = 60;
const UPDATES = 2;

let directory = "";
beforeEach(async () => {
  directory = mkdtempSync(join(tmpdir(), "reverie-pretraining-"));
  const steps = Array.from({ length: STEPS }, (_, i) => numbered(REACHER_SCHEMA, i));
  await recordedRun(join(directory, "run"), REACHER_SCHEMA, { a: steps });
  await log(["export", join(directory, "run"), "--to", "lerobot", "--out", join(directory, "out")], () => {});
  await log(["import", join(directory, "out"), "--as", "reacher", "--run", join(directory, "new")], () => {});
});
afterEach(() => {
  rmSync(directory, { recursive: true, force: true });
});

/** `learner --pretrain`, in this process and thread. */
async function pretrain(agent: Agent, fill: number): Promise<{ problem: string | undefined; updates: number }> {
  const config: LearnerConfig = {
    ...LEARNER_DEFAULTS,
    preset: "robot-tiny",
    agent: { ...LEARNER_DEFAULTS.agent, horizon: 3, imagineLast: 1 },
    replay: { ...LEARNER_DEFAULTS.replay, batch: 2, length: 4 },
    train: { ...LEARNER_DEFAULTS.train, fill, pretrain: UPDATES, logUpdates: 1 },
    report: { ...LEARNER_DEFAULTS.report, everyUpdates: 0 },
  };
  const run = join(directory, "new");
  const pretraining = new Pretraining(run);
  const stop = new AbortController();
  const onEvent = (event: LearnerEvent) => {
    if (pretraining.isOver(event, fill)) stop.abort();
  };
  const where = { run, bind: "tcp://127.0.0.1:*", seed: 0, lockstep: false };
  const training = trainHere(agent);
  const { updates } = await runLearner({ ...where, config, onEvent, signal: stop.signal, training });
  return { problem: pretraining.problem, updates };
}

test("a run learns a world model from imported steps alone, saves it and ends with a policy", async () => {
  expect(await pretrain(configured, 50)).toEqual({ problem: undefined, updates: UPDATES });
  const checkpoint = await readCheckpoint(join(directory, "new", "learner", "checkpoints"), (line) =>
    expect(line).toBe(""),
  );
  expect(checkpoint?.meta.account).toMatchObject({ steps: STEPS, updates: UPDATES });
  expect(Object.values(checkpoint!.meta.streams)).toEqual([STEPS]);
  const { arrays } = decodeSafetensors(checkpoint!.state.arrays);
  const decoder = Object.keys(arrays).filter((name) => /decoder/.test(name));
  expect(decoder.length).toBeGreaterThan(0);
  expect(newestBundle(join(directory, "new", "policy"), () => {})?.bundle.manifest).toMatchObject({
    learnerUpdates: UPDATES,
    transitions: STEPS,
    schema: { robot: "reacher" },
  });
}, 30_000);

test("what it learns from is what was imported, each step with the action that led to it", async () => {
  const batches: Batch[] = [];
  await pretrain(fakeAgent({ onBatch: (batch) => batches.push(batch) }), 50);
  expect(batches.length).toBe(UPDATES);
  for (const { observation, previousAction, reward } of batches) {
    for (let row = 0; row < reward.length; row++) {
      const sequence = Math.round(reward[row]! - 0.1);
      const step = numbered(REACHER_SCHEMA, sequence);
      expect(observation.slice(6 * row, 6 * row + 6)).toEqual(step.observation.arm);
      if (sequence > 0) expect(previousAction.slice(2 * row, 2 * row + 2)).toEqual(step.action);
    }
  }
});

test("too few steps to learn from end it, and say so", async () => {
  const { problem, updates } = await pretrain(fakeAgent(), 1000);
  expect(updates).toBe(0);
  expect(problem).toMatch(/new: expected 1000 steps to learn from \(--learner.train.fill\), found 60/);
});
