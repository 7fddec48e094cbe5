import { performance } from "node:perf_hooks";
import { Random } from "../../runtime/random.ts";
import type { StepSchema } from "../../runtime/step.ts";
import { decodeSafetensors, encodeSafetensors } from "../../runtime/wire/safetensors.ts";
import type { PolicyGraph } from "../algorithm/policy-graph.ts";
import type { LearnerConfig } from "../config.ts";
import type { Ring } from "../replay/ring.ts";
import { sampleBatch } from "../replay/sampler.ts";
import type { Probe } from "../report/probe.ts";
import { type ReportSettings, report } from "../report/report.ts";
import type { Arrays, Trainer } from "./trainer.ts";

/** Makes an agent for a robot. */
export interface Agent {
  createTrainer(schema: StepSchema, config: LearnerConfig, seed: number): Promise<Trainer>;
  policyGraph(schema: StepSchema, config: LearnerConfig): PolicyGraph | Promise<PolicyGraph>;
  /** For reports; without a probe there are none. */
  createProbe?(schema: StepSchema, config: LearnerConfig): Promise<Probe | undefined>;
}

/** What a training thread starts from. */
export interface TrainingSettings {
  readonly schema: StepSchema;
  readonly config: LearnerConfig;
  readonly seed: number;
}

/** Everything a training thread needs to go on with the same numbers. */
export interface TrainingState {
  /** The trainer's arrays, safetensors. */
  readonly arrays: Uint8Array;
  readonly sampler: readonly [number, number, number, number];
}

export interface UpdateReport {
  readonly metrics: Readonly<Record<string, number>>;
  readonly updateMs: number;
}

/** An agent being trained from replay; in this thread or, behind the same calls, in another. One call at a time. */
export interface Training {
  /** First of all. Builds the agent, which can take seconds. */
  begin(settings: TrainingSettings): Promise<PolicyGraph>;
  /** Another stream to sample from. */
  addRing(ring: Ring): Promise<void>;
  /** One update from one batch; undefined while no stream holds a whole sequence. */
  update(): Promise<UpdateReport | undefined>;
  /** Numbers about the agent as it is after `updates`; undefined when there are none. Changes nothing that is learned. */
  report(updates: number): Promise<Readonly<Record<string, number>> | undefined>;
  /** The policy's weights, safetensors. Throws when one is not finite; so does `state`. */
  weights(): Promise<Uint8Array>;
  state(): Promise<TrainingState>;
  /** Throws when the state is of another agent, naming the first array that differs. */
  load(state: TrainingState): Promise<void>;
  close(): Promise<void>;
}

/** Trains in the thread that calls. */
export function trainHere(agent: Agent): Training {
  const rings: Ring[] = [];
  let begun: { trainer: Trainer; random: Random; config: LearnerConfig; reports: ReportSettings } | undefined;
  let probe: Promise<Probe | undefined> | undefined;
  const need = () => {
    if (begun === undefined) throw new Error("training: expected begin() first");
    return begun;
  };
  return {
    async begin({ schema, config, seed }) {
      const trainer = await agent.createTrainer(schema, config, seed);
      begun = { trainer, random: new Random(seed, "replay"), config, reports: { schema, config, seed } };
      return agent.policyGraph(schema, config);
    },
    async addRing(ring) {
      rings.push(ring);
    },
    async update() {
      const { trainer, random, config } = need();
      const start = performance.now();
      const batch = sampleBatch(rings, config.replay, random);
      if (batch === undefined) return undefined;
      const metrics = await trainer.update(batch);
      const replayReward = batch.reward.reduce((sum, reward) => sum + reward, 0) / batch.reward.length;
      return { metrics: { ...metrics, replayReward }, updateMs: performance.now() - start };
    },
    async report(updates) {
      const { trainer, reports } = need();
      probe ??= agent.createProbe?.(reports.schema, reports.config);
      const built = await probe;
      if (built === undefined) return undefined;
      const start = performance.now();
      const metrics = await report(built, trainer.state(), rings, reports, updates);
      return metrics && { ...metrics, reportMs: performance.now() - start };
    },
    async weights() {
      return encodeSafetensors(finite(need().trainer.policyWeights()));
    },
    async state() {
      const { trainer, random } = need();
      return { arrays: encodeSafetensors(finite(trainer.state())), sampler: random.state() };
    },
    async load({ arrays, sampler }) {
      const { trainer, random } = need();
      trainer.load(decodeSafetensors(arrays).arrays);
      random.restore(sampler);
    },
    async close() {
      await (await probe?.catch(() => undefined))?.close();
      await begun?.trainer.close();
      begun = undefined;
    },
  };
}

/** Broken numbers end the training before they reach a robot or a checkpoint; what is on disk is still sound. */
function finite(arrays: Arrays): Arrays {
  for (const [name, { data }] of Object.entries(arrays)) {
    const bad = data.findIndex((value) => !Number.isFinite(value));
    if (bad >= 0) throw new Error(`training: expected ${name}[${bad}] finite, found ${data[bad]}`);
  }
  return arrays;
}
