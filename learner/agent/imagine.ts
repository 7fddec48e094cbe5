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

export interface Imagined {
  /** [(H + 1)·N, feature], step-major. */
  readonly feat: tf.Tensor2D;
  /** [(H + 1)·N, A] */
  readonly action: tf.Tensor2D;
  /** Of the H + 1 steps, [(H + 1)·N, A] each. */
  readonly distribution: ActionDistribution;
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
  const means: tf.Tensor2D[] = [];
  const stds: tf.Tensor2D[] = [];
  let state = start;
  for (let step = 0; step <= horizon; step++) {
    const feat = feature(state);
    const { mean, std } = actor(weights, spec, settings, stopGradient(feat));
    const eps = tf.slice(noise.action, [step * count, 0], [count, spec.action]);
    const drawn = tf.add(mean, tf.mul(std, eps)) as tf.Tensor2D;
    const action = through ? drawn : stopGradient(drawn);
    feats.push(feat);
    actions.push(action);
    means.push(mean);
    stds.push(std);
    if (step === horizon) break;
    const deter = rssm.advance(state, rssm.projectAction(action));
    const uniform = tf.slice(noise.latent, [step * count, 0], [count, spec.groups]);
    state = { deter, stoch: rssm.sample(rssm.prior(deter), uniform) };
  }
  return {
    feat: tf.concat2d(feats, 0),
    action: tf.concat2d(actions, 0),
    distribution: { mean: tf.concat2d(means, 0), std: tf.concat2d(stds, 0) },
  };
}

/** Rewards, values and continues the heads give along imagined features. */
export function evaluate(
  weights: Parameters,
  spec: AgentSpec,
  normEps: number,
  feat: tf.Tensor2D,
  count: number,
  startTerminal: tf.Tensor1D,
): Trajectory {
  const steps = feat.shape[0] / count;
  const arrived = tf.slice(feat, [count, 0], [(steps - 1) * count, feat.shape[1]]);
  const rewardLogits = linear(weights, "reward/out", mlp(weights, "reward", spec.headLayers, arrived, normEps));
  let cont: tf.Tensor2D | undefined;
  if (spec.canTerminate) {
    const later = tf.sigmoid(continueLogit(weights, spec, arrived, normEps));
    cont = tf.concat2d([tf.reshape(tf.sub(1, startTerminal), [1, count]), tf.reshape(later, [steps - 1, count])], 0);
  }
  return {
    reward: tf.reshape(twoHotMean(rewardLogits, spec.bins), [steps - 1, count]),
    value: tf.reshape(twoHotMean(criticLogits(weights, spec, normEps, feat), spec.bins), [steps, count]),
    cont,
  };
}

/** [R, feature] → [R, bins] */
export function criticLogits(weights: Parameters, spec: AgentSpec, normEps: number, feat: tf.Tensor2D): tf.Tensor2D {
  return linear(weights, "critic/out", mlp(weights, "critic", spec.headLayers, feat, normEps));
}
