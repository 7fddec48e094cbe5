import { sacSpec } from "../../../learner/baseline/spec.ts";
import { initialState } from "../../../learner/baseline/state.ts";
import { updateInputs } from "../../../learner/baseline/update-program.ts";
import { LEARNER_DEFAULTS, type LearnerConfig } from "../../../learner/config.ts";
import type { Batch } from "../../../learner/train/trainer.ts";
import type { Random } from "../../../runtime/random.ts";
import type { StepSchema } from "../../../runtime/step.ts";

export const SCHEMA: StepSchema = {
  robot: "test",
  task: "test",
  observation: [{ name: "body", dtype: "float32", shape: [4], units: ["1", "1", "1", "1"] }],
  action: ["a", "b"],
  joints: ["a", "b"],
  policyRateHz: 20,
  rewardOffset: 0,
  canTerminate: true,
};

export const CONFIG: LearnerConfig = {
  ...LEARNER_DEFAULTS,
  algorithm: "sac",
  sac: { ...LEARNER_DEFAULTS.sac, units: 8 },
  replay: { ...LEARNER_DEFAULTS.replay, batch: 3, length: 5 },
};

export const SPEC = sacSpec(SCHEMA, CONFIG);

/** Everything an update is fed: weights and targets away from where they start, a batch with breaks and ends. */
export function randomFeeds(random: Random): Record<string, Float32Array> {
  const fresh = initialState(SPEC, CONFIG.sac, 2);
  const feeds: Record<string, Float32Array> = {};
  for (const [name, { shape }] of Object.entries(updateInputs(SPEC, CONFIG))) {
    const length = shape.reduce((a, b) => a * b, 1);
    feeds[name] = Float32Array.from({ length }, (_, i) => {
      if (name.startsWith("batch/is")) return Number(random.uniform() < 0.2);
      if (name.startsWith("optimiser/m")) return 0.01 * random.normal();
      if (name.startsWith("optimiser/v")) return 1e-3 * random.uniform();
      if (name === "optimiser/steps") return 7;
      return name in fresh ? fresh[name]![i]! + 0.2 * random.normal() : random.normal();
    });
  }
  feeds["batch/isFirst"]!.fill(1, 0, CONFIG.replay.batch);
  return feeds;
}

export function randomBatch(random: Random): Batch {
  const feeds = randomFeeds(random);
  const of = (name: keyof Batch) => feeds[`batch/${name}`]!;
  return {
    observation: of("observation"),
    previousAction: of("previousAction"),
    reward: of("reward"),
    isFirst: of("isFirst"),
    isTerminal: of("isTerminal"),
  };
}
