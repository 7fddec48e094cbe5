import * as tf from "@tensorflow/tfjs-core";
import { linear, mlp } from "../nn/layers.ts";
import type { Parameters } from "../nn/parameters.ts";
import { stopGradient } from "../nn/stop-gradient.ts";
import { twoHotMean } from "../nn/two-hot.ts";
import { type ActionDistribution, type ActorSettings, actor } from "./actor.ts";
import type { Trajectory } from "./returns.ts";
import { feature, type Latent, Rssm, type RssmSettings } from "./rssm.ts";
import type { AgentSpec } from "./spec.ts";
import { continueLogit } from "./world-model.ts";

export interface ImaginationNoise {
  /** [H, N, G] flattened to [H·N, G], uniform in [0, 1). */
  readonly latent: tf.Tensor2D;
  /** [H + 1, N, A] flattened to [(H + 1)·N, A], standard normal. */
  readonly action: tf.Tensor2D;
}

/** H + 1 steps of N trajectories, a tensor a step. */
export interface Imagined {
  /** [N, feature] each. */
  readonly feats: readonly tf.Tensor2D[];
  /** [N, A] each. */
  readonly actions: readonly tf.Tensor2D[];
  readonly distributions: readonly ActionDistribution[];
}

/**
 * Rolls the prior out from `start` under the actor, which sees features without gradient. `through`: whether the
 * gradient of what follows reaches the actor through its actions and the dynamics.
 */
export function imagine(
  weights: Parameters,
  spec: AgentSpec,
  settings: RssmSettings & ActorSettings,
  start: Latent,
  noise: ImaginationNoise,
  through: boolean,
): Imagined {
  const count = start.deter.shape[0];
  const horizon = noise.latent.shape[0] / count;
  const rssm = new Rssm(weights, spec, settings);
  const feats: tf.Tensor2D[] = [];
  const actions: tf.Tensor2D[] = [];
  const distributions: ActionDistribution[] = [];
  let state = start;
  for (let step = 0; step <= horizon; step++) {
    const feat = feature(state);
    const distribution = actor(weights, spec, settings, stopGradient(feat));
    const eps = tf.slice(noise.action, [step * count, 0], [count, spec.action]);
    const drawn = tf.add(distribution.mean, tf.mul(distribution.std, eps)) as tf.Tensor2D;
    const action = through ? drawn : stopGradient(drawn);
    feats.push(feat);
    actions.push(action);
    distributions.push(distribution);
    if (step === horizon) break;
    const deter = rssm.advance(state, rssm.projectAction(action));
    const uniform = tf.slice(noise.latent, [step * count, 0], [count, spec.groups]);
    state = { deter, stoch: rssm.sample(rssm.prior(deter), uniform) };
  }
  return { feats, actions, distributions };
}

/** Rows that go through a head together: their activations of one layer stay in a core's cache. */
const CHUNK_ROWS = 512;

/** Steps put together into tensors of at most CHUNK_ROWS rows, at least a step each. */
export function inChunks(steps: readonly tf.Tensor2D[]): tf.Tensor2D[] {
  const perChunk = Math.max(1, Math.floor(CHUNK_ROWS / steps[0]!.shape[0]));
  const chunks: tf.Tensor2D[] = [];
  for (let at = 0; at < steps.length; at += perChunk) chunks.push(tf.concat2d(steps.slice(at, at + perChunk), 0));
  return chunks;
}

/** Rewards, values and continues the heads give along imagined features. */
export function evaluate(
  weights: Parameters,
  spec: AgentSpec,
  normEps: number,
  { feats }: Imagined,
  startTerminal: tf.Tensor1D,
): Trajectory {
  const steps = feats.length;
  const count = feats[0]!.shape[0];
  const chunks = inChunks(feats);
  const along = (head: (feat: tf.Tensor2D) => tf.Tensor1D): tf.Tensor2D =>
    tf.reshape(tf.concat(chunks.map(head)), [steps, count]);
  const later = (x: tf.Tensor2D): tf.Tensor2D => tf.slice(x, [1, 0], [steps - 1, count]);
  const reward = along((feat) => {
    const hidden = mlp(weights, "reward", spec.headLayers, feat, normEps);
    return twoHotMean(linear(weights, "reward/out", hidden), spec.bins);
  });
  const value = along((feat) => twoHotMean(criticLogits(weights, spec, normEps, feat), spec.bins));
  let cont: tf.Tensor2D | undefined;
  if (spec.canTerminate) {
    const goesOn = along((feat) => tf.sigmoid(continueLogit(weights, spec, feat, normEps)));
    cont = tf.concat2d([tf.reshape(tf.sub(1, startTerminal), [1, count]), later(goesOn)], 0);
  }
  return { reward: later(reward), value, cont };
}

/** [R, feature] → [R, bins] */
export function criticLogits(weights: Parameters, spec: AgentSpec, normEps: number, feat: tf.Tensor2D): tf.Tensor2D {
  return linear(weights, "critic/out", mlp(weights, "critic", spec.headLayers, feat, normEps));
}
