import type { StepSchema } from "../../runtime/step.ts";
import { compileTrainer } from "../algorithm/compiled-trainer.ts";
import { sequenceShapes } from "../algorithm/sequence-batch.ts";
import type { LearnerConfig } from "../config.ts";
import type { Trainer } from "../train/trainer.ts";
import { sacSpec } from "./spec.ts";
import { initialState, stateSpecs } from "./state.ts";
import { updateNoise, updateProgram } from "./update-program.ts";
import { policyWeights } from "./weights.ts";

/** A fresh agent for robots of that schema: its update is traced and compiled, which takes about a second. */
export async function createTrainer(schema: StepSchema, config: LearnerConfig, seed: number): Promise<Trainer> {
  const spec = sacSpec(schema, config);
  const agent = {
    name: "sac",
    state: stateSpecs(spec),
    initial: initialState(spec, config.sac, seed),
    policyWeights: policyWeights(spec),
    batch: sequenceShapes(spec, config.replay),
    noise: updateNoise(spec, config),
    update: updateProgram(spec, config),
  };
  return compileTrainer(agent, config.train.threads, seed);
}
