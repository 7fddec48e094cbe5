import type { StepSchema } from "../../runtime/step.ts";
import * as dreamerPolicy from "../agent/policy-graph.ts";
import { createTrainer as createDreamer } from "../agent/trainer.ts";
import * as sacPolicy from "../baseline/policy-graph.ts";
import { createTrainer as createSac } from "../baseline/trainer.ts";
import type { Graph } from "../compile/graph.ts";
import { ALGORITHMS, type LearnerConfig } from "../config.ts";
import { createProbe } from "../report/dreamer-probe.ts";
import type { Agent } from "./training.ts";

/** A way to learn, which `learner.algorithm` names. */
export interface Algorithm extends Agent {
  /** The policy before it is written as ONNX. */
  tracePolicy(schema: StepSchema, config: LearnerConfig): Promise<Graph>;
}

const IMPLEMENTED: Readonly<Record<(typeof ALGORITHMS)[number], Algorithm>> = {
  dreamer: { createTrainer: createDreamer, createProbe, ...dreamerPolicy },
  sac: { createTrainer: createSac, ...sacPolicy },
};

/** Throws on an unknown one, naming those there are. */
export function algorithmOf({ algorithm }: LearnerConfig): Algorithm {
  const name = ALGORITHMS.find((each) => each === algorithm);
  if (name !== undefined) return IMPLEMENTED[name];
  throw new Error(`learner.algorithm: expected one of ${ALGORITHMS.join(", ")}, found "${algorithm}"`);
}

/** Learns as its settings say. */
export const configured: Agent = {
  createTrainer: async (schema, config, seed) => algorithmOf(config).createTrainer(schema, config, seed),
  policyGraph: (schema, config) => algorithmOf(config).policyGraph(schema, config),
  createProbe: async (schema, config) => algorithmOf(config).createProbe?.(schema, config),
};
