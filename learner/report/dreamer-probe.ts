import type { Random } from "../../runtime/random.ts";
import type { StepSchema } from "../../runtime/step.ts";
import { type AgentSpec, agentSpec } from "../agent/spec.ts";
import { compile, type Program } from "../compile/program.ts";
import type { LearnerConfig } from "../config.ts";
import type { Arrays, Batch } from "../train/trainer.ts";
import { PIECES, probeInputs, probeProgram, probeWeights } from "./dreamer-program.ts";
import { type Predictions, type Probe, probeLength } from "./probe.ts";

class DreamerProbe implements Probe {
  readonly #spec: AgentSpec;
  readonly #config: LearnerConfig;
  readonly #program: Program;

  constructor(spec: AgentSpec, config: LearnerConfig, program: Program) {
    this.#spec = spec;
    this.#config = config;
    this.#program = program;
  }

  async predict(state: Arrays, batch: Batch, random: Random): Promise<Predictions> {
    const results = await this.#program.run(probeFeeds(this.#spec, this.#config, state, batch, random));
    const result = (name: string): Float32Array => results[name]!;
    return {
      openLoop: { observation: result("openLoop/observation"), reward: result("openLoop/reward") },
      value: { start: result("value/start"), end: result("value/end"), gamma: this.#config.agent.gamma },
      metrics: { "policy/entropy": result("policy/entropy")[0]!, "policy/mode": result("policy/mode")[0]! },
    };
  }

  async close(): Promise<void> {
    await this.#program.close();
  }
}

/** The pieces of a batch as the program takes them, with uniform noise. */
export function probeFeeds(
  spec: AgentSpec,
  { report }: LearnerConfig,
  state: Arrays,
  batch: Batch,
  random: Random,
): Record<string, Float32Array> {
  const { batch: count, context, openLoop, valueSteps } = report;
  const feeds: Record<string, Float32Array> = {};
  for (const { name } of probeWeights(spec)) feeds[name] = state[name]!.data;
  const steps = (x: Float32Array, from: number, size: number): Float32Array => {
    const width = x.length / probeLength(report);
    return x.subarray(from * width, (from + size) * width);
  };
  const noise = (size: number): Float32Array =>
    Float32Array.from({ length: size * count * spec.groups }, () => random.uniform());
  for (const piece of PIECES) {
    const from = piece === "start" ? 0 : valueSteps;
    feeds[`${piece}/observation`] = steps(batch.observation, from, context);
    feeds[`${piece}/previousAction`] = steps(batch.previousAction, from, context);
    feeds[`${piece}/isFirst`] = steps(batch.isFirst, from, context).slice().fill(1, 0, count);
    feeds[`${piece}/noise`] = noise(context);
  }
  const ahead = Math.max(...openLoop);
  feeds["ahead/action"] = steps(batch.previousAction, context, ahead);
  feeds["ahead/noise"] = noise(ahead);
  return feeds;
}

/** The probe of the agent that `createTrainer` makes. Takes a moment: its program is traced and compiled. */
export async function createProbe(schema: StepSchema, config: LearnerConfig): Promise<Probe> {
  const spec = agentSpec(schema, config);
  const program = await compile(probeInputs(spec, config), probeProgram(spec, config), {
    threads: config.train.threads,
  });
  return new DreamerProbe(spec, config, program);
}
