import { readFileSync } from "node:fs";
import * as tf from "@tensorflow/tfjs-core";
import { expect } from "vitest";
import type { AgentSettings } from "../../../learner/agent/actor-objective.ts";
import type { AgentSpec } from "../../../learner/agent/spec.ts";
import type { AgentState, UpdateNoise, UpdateResult } from "../../../learner/agent/update.ts";
import type { ModelBatch } from "../../../learner/agent/world-model.ts";
import { LEARNER_DEFAULTS } from "../../../learner/config.ts";

/** One tensor of the recording, row-major. */
export interface Recorded {
  readonly shape: readonly number[];
  readonly data: readonly number[];
}

/** One agent update computed independently in float64; see test/golden/README.md. */
export interface Oracle {
  readonly actor: "backprop" | "reinforce";
  // biome-ignore lint/suspicious/noExplicitAny: the recording is data, read field by field below
  readonly [field: string]: any;
}

export function readOracle(actor: "backprop" | "reinforce"): Oracle {
  return JSON.parse(readFileSync(new URL(`../../golden/agent-${actor}.json`, import.meta.url), "utf8"));
}

export function oracleSpec({ sizes }: Oracle): AgentSpec {
  return {
    observation: sizes.obs,
    action: sizes.action,
    deter: sizes.deter,
    units: sizes.units,
    groups: sizes.groups,
    classes: sizes.classes,
    encoderLayers: 2,
    headLayers: 2,
    bins: { count: sizes.bins, low: sizes.binLow, high: sizes.binHigh },
    canTerminate: true,
  };
}

export function oracleSettings({ actor, constants, actorState }: Oracle): AgentSettings {
  const { adam } = constants;
  return {
    ...LEARNER_DEFAULTS.agent,
    actor,
    imagineLast: 0,
    gamma: constants.gamma,
    lambda: constants.lambda_,
    entropy: constants.entropy,
    entropyTarget: actorState.entropyTarget ?? 0,
    entropyTargetEnd: actorState.entropyTarget ?? 0,
    freeNats: constants.freeNats,
    dynScale: constants.dynScale,
    repScale: constants.repScale,
    normEps: constants.normEps,
    unimix: constants.unimix,
    minStd: constants.minStd,
    stdShift: constants.stdShift,
    returnDecay: constants.returnDecay,
    slowMix: constants.slowMix,
    beta1: adam.beta1,
    beta2: adam.beta2,
    model: adam.model,
    policy: adam.actor,
    critic: adam.critic,
  };
}

const tensor = ({ shape, data }: Recorded): tf.Tensor => tf.tensor(Float32Array.from(data), [...shape]);

/** The same rows with all leading axes but the last flattened. */
function rows({ shape, data }: Recorded): tf.Tensor2D {
  const last = shape.at(-1)!;
  return tf.tensor2d(Float32Array.from(data), [data.length / last, last]);
}

const flat = ({ data }: Recorded): tf.Tensor1D => tf.tensor1d(Float32Array.from(data));

function tensors(tree: Record<string, Recorded>): Record<string, tf.Tensor> {
  return Object.fromEntries(Object.entries(tree).map(([name, recorded]) => [name, tensor(recorded)]));
}

export function oracleState(oracle: Oracle): AgentState {
  const weights = tensors(oracle.params);
  const zeros = (): Record<string, tf.Tensor> =>
    Object.fromEntries(Object.entries(weights).map(([name, w]) => [name, tf.zerosLike(w)]));
  const { advantageBefore, alphaBefore } = oracle.actorState;
  return {
    weights,
    slowCritic: tensors(oracle.slowCritic),
    firstMoments: zeros(),
    secondMoments: zeros(),
    actor: {
      advantageMoments: tf.tensor1d(advantageBefore ? [advantageBefore.mean, advantageBefore.meanSquare] : [0, 0]),
      advantageUpdates: tf.scalar(advantageBefore?.updates ?? 0),
      returnRange: tf.tensor1d(oracle.returnRangeBefore),
      alpha: tf.tensor1d(alphaBefore ?? new Array(oracle.sizes.action).fill(1)),
    },
    steps: tf.scalar(0),
  };
}

export function oracleBatch({ batch, noise }: Oracle): ModelBatch {
  return {
    observation: rows(batch.obs),
    previousAction: rows(batch.prevAction),
    reward: flat(batch.reward),
    isFirst: flat(batch.isFirst),
    isTerminal: flat(batch.isTerminal),
    posteriorNoise: rows(noise.uPosterior),
  };
}

export function oracleNoise({ noise }: Oracle): UpdateNoise {
  return { imaginedLatent: rows(noise.uImagination), imaginedAction: rows(noise.epsAction) };
}

/** Every number of an update the recording knows, under the recording's names. */
export function flattenResult({
  model,
  modelGradients,
  behaviour,
  metrics,
  state,
}: UpdateResult): Record<string, tf.Tensor> {
  const { imagined, trajectory } = behaviour;
  const prefixed = (prefix: string, tree: Readonly<Record<string, tf.Tensor>>): Record<string, tf.Tensor> =>
    Object.fromEntries(Object.entries(tree).map(([name, value]) => [`${prefix}:${name}`, value]));
  return {
    embed: model.embed,
    deter: model.latent.deter,
    stoch: model.latent.stoch,
    posterior: model.posterior,
    prior: model.prior,
    modelLoss: model.loss,
    reconLoss: metrics.recon!,
    rewardLoss: metrics.reward!,
    continueLoss: metrics.continue!,
    dyn: metrics.dyn!,
    rep: metrics.rep!,
    actorLoss: metrics.actorLoss!,
    criticLoss: metrics.criticLoss!,
    returnScale: metrics.advantageDivisor!,
    ...prefixed("modelGrads", modelGradients),
    ...prefixed("actorGrads", behaviour.actorGradients),
    ...prefixed("criticGrads", behaviour.criticGradients),
    "imagined:feat": tf.concat2d([...imagined.feats], 0),
    "imagined:action": tf.concat2d([...imagined.actions], 0),
    "imagined:reward": trajectory.reward,
    "imagined:cont": trajectory.cont!,
    "imagined:value": trajectory.value,
    "imagined:ret": behaviour.returns,
    "imagined:weight": behaviour.weight,
    "imagined:advantage": behaviour.advantage,
    "imagined:slowValue": behaviour.slowValue,
    "gradNorms:model": metrics.modelGradientNorm!,
    "gradNorms:actor": metrics.actorGradientNorm!,
    "gradNorms:critic": metrics.criticGradientNorm!,
    ...prefixed("paramsAfter", state.weights),
    ...prefixed("slowCriticAfter", state.slowCritic),
  };
}

/** The recorded numbers under the names of `flattenResult`. */
export function flattenExpected({ expected }: Oracle): Record<string, readonly number[]> {
  const numbers = (value: unknown): readonly number[] =>
    typeof value === "number" ? [value] : Array.isArray(value) ? value : (value as Recorded).data;
  const flattened: Record<string, readonly number[]> = {};
  for (const [name, value] of Object.entries(expected as Record<string, Record<string, unknown>>)) {
    if (typeof value === "object" && !Array.isArray(value) && !("data" in value)) {
      for (const [inner, leaf] of Object.entries(value)) flattened[`${name}:${inner}`] = numbers(leaf);
    } else flattened[name] = numbers(value);
  }
  // A reward is earned by arriving: that of the start is no part of a trajectory.
  const [, count] = (expected.imagined.reward as Recorded).shape;
  flattened["imagined:reward"] = flattened["imagined:reward"]!.slice(count);
  return flattened;
}

/** What the recording holds that an update does not return under the same name. */
const ELSEWHERE = new Set(["p5", "p95", "returnRangeAfter"]);

/** Largest difference, relative to the largest expected number of that tensor. */
export function relativeError(found: ArrayLike<number>, expected: readonly number[]): number {
  expect(found.length).toBe(expected.length);
  const size = Math.max(1e-6, ...expected.map(Math.abs));
  return Math.max(...expected.map((value, i) => Math.abs(value - found[i]!))) / size;
}

/** Values to 1e-4 and gradients to 1e-3: what float32 costs against float64. Anything larger is a mistake. */
export function expectOracle(oracle: Oracle, read: (name: string) => ArrayLike<number>): void {
  for (const [name, expected] of Object.entries(flattenExpected(oracle))) {
    if (ELSEWHERE.has(name)) continue;
    const tolerance = /grad/i.test(name) ? 1e-3 : 1e-4;
    expect(relativeError(read(name), expected), name).toBeLessThan(tolerance);
  }
}
