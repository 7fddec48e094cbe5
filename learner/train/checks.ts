import type { StepSchema } from "../../runtime/step.ts";
import { schemaDifferences } from "../../runtime/wire/schema-difference.ts";
import { ACTORS, ALGORITHMS, LEARNER_DEFAULTS, type LearnerConfig } from "../config.ts";
import type { CheckpointMeta } from "./checkpoint.ts";

/**
 * Throws on settings that no run can learn with together, naming the first. What range each has by itself is checked where
 * settings come in.
 */
export function checkConfig({ algorithm, agent, replay, train, report }: LearnerConfig): void {
  if (!ALGORITHMS.some((name) => name === algorithm)) {
    throw new Error(`config: learner.algorithm: expected one of ${ALGORITHMS.join(", ")}, found "${algorithm}"`);
  }
  if (!ACTORS.includes(agent.actor)) {
    throw new Error(`config: learner.agent.actor: expected one of ${ACTORS.join(", ")}, found "${agent.actor}"`);
  }
  const atLeast = (name: string, value: number, least: number) => {
    if (!(value >= least)) throw new Error(`config: learner.${name}: expected at least ${least}, found ${value}`);
  };
  atLeast("replay.length", replay.length, algorithm === "sac" ? 2 : 1);
  atLeast("replay.capacity", replay.capacity, replay.length);
  const { uniform, recency, ends } = replay.mixture;
  if (!(uniform + recency + ends > 0)) {
    throw new Error(`config: learner.replay.mixture: expected a weight above 0, found ${uniform}, ${recency}, ${ends}`);
  }
  atLeast("train.fill", train.fill, replay.length);
  if (report.openLoop.length === 0 || !report.openLoop.every((steps) => Number.isInteger(steps) && steps >= 1)) {
    throw new Error(`config: learner.report.openLoop: expected whole numbers from 1 up, found ${report.openLoop}`);
  }
}

/** Throws when the checkpoint is of another robot, task, algorithm or size of network, saying where it differs. */
export function checkSameAgent({ schema, config }: CheckpointMeta, expected: StepSchema, now: LearnerConfig): void {
  const differences = schemaDifferences(expected, schema);
  if (differences.length > 0) throw new Error(`checkpoint: another robot or task: ${differences.join("; ")}`);
  const { algorithm = LEARNER_DEFAULTS.algorithm } = config as Partial<LearnerConfig>; // older ones do not say
  if (algorithm !== now.algorithm) {
    throw new Error(`checkpoint: expected algorithm ${now.algorithm}, found ${algorithm}; it is fixed for a run`);
  }
  if (config.preset !== now.preset) {
    throw new Error(
      `checkpoint: expected preset ${now.preset}, found ${config.preset}; the network's size is fixed for a run`,
    );
  }
}
