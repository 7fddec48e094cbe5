import * as tf from "@tensorflow/tfjs-core";
import type { LearnerConfig } from "../config.ts";
import { gradientsOf } from "../nn/gradients-of.ts";
import type { Parameters } from "../nn/parameters.ts";
import { stopGradient } from "../nn/stop-gradient.ts";
import { crossEntropy, twoHot, twoHotMean } from "../nn/two-hot.ts";
import { type ActionDistribution, gaussianEntropy, logProbability, normalisedEntropy } from "./actor.ts";
import { criticLogits, evaluate, type ImaginationNoise, type Imagined, imagine, inChunks } from "./imagine.ts";
import { discountWeights, lambdaReturns, quantiles, type Trajectory } from "./returns.ts";
import type { Latent } from "./rssm.ts";
import type { AgentSpec } from "./spec.ts";

export type AgentSettings = LearnerConfig["agent"];

/** Running values of the actor's loss, carried from update to update. */
export interface ActorState {
  /** Decayed mean and mean square of R − V, and how many updates are in them: [2], []. */
  readonly advantageMoments: tf.Tensor1D;
  readonly advantageUpdates: tf.Scalar;
  /** Decayed 5 % and 95 % quantiles of the returns, [2]. */
  readonly returnRange: tf.Tensor1D;
  /** Entropy weight of each action dimension, [A]. */
  readonly alpha: tf.Tensor1D;
}

export interface Behaviour {
  readonly actorGradients: Parameters;
  readonly criticGradients: Parameters;
  readonly state: ActorState;
  readonly imagined: Imagined;
  readonly trajectory: Trajectory;
  /** [H, N] */
  readonly returns: tf.Tensor2D;
  readonly weight: tf.Tensor2D;
  readonly advantage: tf.Tensor2D;
  readonly slowValue: tf.Tensor2D;
  readonly metrics: Readonly<Record<string, tf.Scalar>>;
}

interface Names {
  readonly actor: readonly string[];
  readonly critic: readonly string[];
}

/** What both actors leave behind for the critic and the log. */
interface ActorPass {
  readonly imagined: Imagined;
  readonly trajectory: Trajectory;
  readonly returns: tf.Tensor2D;
  readonly weight: tf.Tensor2D;
  readonly advantage: tf.Tensor2D;
  readonly divisor: tf.Scalar;
  readonly state: ActorState;
  readonly entropy: tf.Scalar;
}

/** Gradients of actor and critic from trajectories imagined with the current weights, none of which reach the model. */
export function behaviour(
  weights: Parameters,
  slowCritic: Parameters,
  names: Names,
  spec: AgentSpec,
  settings: AgentSettings,
  start: Latent,
  startTerminal: tf.Tensor1D,
  noise: ImaginationNoise,
  state: ActorState,
): Behaviour {
  const pass = settings.actor === "backprop" ? backpropPass : reinforcePass;
  const {
    value: actorLoss,
    gradients: actorGradients,
    kept,
  } = pass(weights, names.actor, spec, settings, start, startTerminal, noise, state);
  const critic = criticPass(weights, slowCritic, names.critic, spec, settings, kept);
  const stds = kept.imagined.distributions.map(({ std }) => tf.mean(std));
  return {
    ...kept,
    actorGradients,
    criticGradients: critic.gradients,
    slowValue: critic.slowValue,
    metrics: {
      actorLoss,
      criticLoss: critic.value,
      entropy: kept.entropy,
      std: tf.mean(tf.stack(stds)) as tf.Scalar,
      returnMean: tf.mean(kept.returns) as tf.Scalar,
      valueMean: tf.mean(kept.trajectory.value) as tf.Scalar,
      imaginedReward: tf.mean(kept.trajectory.reward) as tf.Scalar,
      advantageDivisor: kept.divisor,
      alpha: tf.mean(kept.state.alpha) as tf.Scalar,
    },
  };
}

type Pass = (
  weights: Parameters,
  actorNames: readonly string[],
  spec: AgentSpec,
  settings: AgentSettings,
  start: Latent,
  startTerminal: tf.Tensor1D,
  noise: ImaginationNoise,
  state: ActorState,
) => { value: tf.Scalar; gradients: Parameters; kept: ActorPass };

/** The first H of H + 1 steps of [H + 1, N]. */
function firstSteps(x: tf.Tensor2D): tf.Tensor2D {
  return tf.slice(x, [0, 0], [x.shape[0] - 1, x.shape[1]]);
}

/** Distributions at the first H of H + 1 steps: [H·N, A] */
function firstDistributions({ distributions }: Imagined): ActionDistribution {
  const first = distributions.slice(0, -1);
  return {
    mean: tf.concat2d(
      first.map(({ mean }) => mean),
      0,
    ),
    std: tf.concat2d(
      first.map(({ std }) => std),
      0,
    ),
  };
}

function returnsOf(
  trajectory: Trajectory,
  settings: AgentSettings,
): { returns: tf.Tensor2D; weight: tf.Tensor2D; baseline: tf.Tensor2D } {
  const [horizon, count] = trajectory.reward.shape;
  return {
    returns: lambdaReturns(trajectory, settings.gamma, settings.lambda),
    weight: stopGradient(discountWeights(trajectory.cont, horizon, count, settings.gamma)),
    baseline: stopGradient(firstSteps(trajectory.value)),
  };
}

/** Gradient through the learned dynamics, advantages divided by max(1, their running deviation), adaptive entropy. */
const backpropPass: Pass = (weights, actorNames, spec, settings, start, startTerminal, noise, state) => {
  let kept: ActorPass | undefined;
  const { value, gradients } = gradientsOf(actorNames, weights, () => {
    const imagined = imagine(weights, spec, settings, start, noise, true);
    const trajectory = evaluate(weights, spec, settings.normEps, imagined, startTerminal);
    const { returns, weight, baseline } = returnsOf(trajectory, settings);
    const surplus = tf.sub(returns, baseline) as tf.Tensor2D;
    const { moments, updates, centre, divisor } = updateMoments(stopGradient(surplus), state, settings.returnDecay);
    const advantage = tf.div(tf.sub(surplus, centre), divisor) as tf.Tensor2D;
    const { std } = firstDistributions(imagined);
    const spread = normalisedEntropy(std, settings.minStd);
    const bonus = tf.reshape(tf.sum(tf.mul(spread, state.alpha), 1), returns.shape);
    const meanSpread = stopGradient(tf.mean(spread, 0)) as tf.Tensor1D;
    kept = keepPass({
      imagined,
      trajectory,
      returns,
      weight,
      advantage,
      divisor,
      entropy: tf.mean(meanSpread) as tf.Scalar,
      state: {
        ...state,
        advantageMoments: moments,
        advantageUpdates: updates,
        alpha: adaptAlpha(state.alpha, meanSpread, settings.entropyTarget),
      },
    });
    return tf.neg(tf.mean(tf.mul(weight, tf.add(advantage, bonus)))) as tf.Scalar;
  });
  return { value, gradients, kept: kept! };
};

/** Log-probability times advantage, returns scaled by their running 5–95 % range, fixed entropy (DreamerV3, eq. 11–12). */
const reinforcePass: Pass = (weights, actorNames, spec, settings, start, startTerminal, noise, state) => {
  let kept: ActorPass | undefined;
  const { value, gradients } = gradientsOf(actorNames, weights, () => {
    const imagined = imagine(weights, spec, settings, start, noise, false);
    const trajectory = evaluate(weights, spec, settings.normEps, imagined, startTerminal);
    const { returns, weight, baseline } = returnsOf(trajectory, settings);
    const { returnRange, divisor } = updateRange(returns, state, settings.returnDecay);
    const advantage = tf.div(tf.sub(returns, baseline), divisor) as tf.Tensor2D;
    const rows = returns.size;
    const distribution = firstDistributions(imagined);
    const actions = tf.concat2d(imagined.actions.slice(0, -1), 0);
    const nats = gaussianEntropy(distribution.std);
    kept = keepPass({
      imagined,
      trajectory,
      returns,
      weight,
      advantage,
      divisor,
      entropy: stopGradient(tf.mean(nats)) as tf.Scalar,
      state: { ...state, returnRange },
    });
    const score = tf.mul(logProbability(distribution, actions), tf.reshape(advantage, [rows]));
    const objective = tf.add(score, tf.mul(nats, settings.entropy));
    return tf.neg(tf.mean(tf.mul(tf.reshape(weight, [rows]), objective))) as tf.Scalar;
  });
  return { value, gradients, kept: kept! };
};

/** Decayed 5 % and 95 % quantiles of the returns; `divisor = max(1, their distance)`. */
function updateRange(
  returns: tf.Tensor2D,
  state: ActorState,
  decay: number,
): { returnRange: tf.Tensor1D; divisor: tf.Scalar } {
  const range = tf.stack(quantiles(returns, [0.05, 0.95]));
  const returnRange = tf.add(tf.mul(state.returnRange, decay), tf.mul(range, 1 - decay)) as tf.Tensor1D;
  const [low, high] = [0, 1].map((i) => tf.reshape(tf.slice(returnRange, [i], [1]), [])) as [tf.Scalar, tf.Scalar];
  return { returnRange, divisor: tf.maximum(tf.sub(high, low), 1) as tf.Scalar };
}

/** Keeps what outlives the tape it was made on. */
function keepPass(pass: ActorPass): ActorPass {
  const { imagined, trajectory, state } = pass;
  for (const tensor of [
    ...imagined.feats,
    ...imagined.actions,
    ...imagined.distributions.flatMap(({ mean, std }) => [mean, std]),
    trajectory.reward,
    trajectory.value,
    trajectory.cont,
    pass.returns,
    pass.weight,
    pass.advantage,
    pass.divisor,
    pass.entropy,
    state.advantageMoments,
    state.advantageUpdates,
    state.returnRange,
    state.alpha,
  ]) {
    if (tensor !== undefined) tf.keep(tensor);
  }
  return pass;
}

/** Decayed moments with bias correction, this batch included; `divisor = max(1, deviation)`. */
function updateMoments(
  surplus: tf.Tensor2D,
  state: ActorState,
  decay: number,
): {
  moments: tf.Tensor1D;
  updates: tf.Scalar;
  centre: tf.Scalar;
  divisor: tf.Scalar;
} {
  const batch = tf.stack([tf.mean(surplus), tf.mean(tf.square(surplus))]);
  const moments = tf.add(tf.mul(state.advantageMoments, decay), tf.mul(batch, 1 - decay)) as tf.Tensor1D;
  const updates = tf.add(state.advantageUpdates, 1) as tf.Scalar;
  const correction = tf.sub(1, tf.exp(tf.mul(updates, Math.log(decay))));
  const corrected = tf.div(moments, correction) as tf.Tensor1D;
  const [centre, meanSquare] = [0, 1].map((i) => tf.reshape(tf.slice(corrected, [i], [1]), [])) as [
    tf.Scalar,
    tf.Scalar,
  ];
  const variance = tf.maximum(tf.sub(meanSquare, tf.square(centre)), 0);
  return { moments, updates, centre, divisor: tf.maximum(tf.sqrt(variance), 1) as tf.Scalar };
}

/** DayDreamer's rule: ×1.1 below target / 1.1, ÷1.1 above target · 1.1, kept in [1e-5, 1]. */
function adaptAlpha(alpha: tf.Tensor1D, spread: tf.Tensor1D, target: number): tf.Tensor1D {
  const low = tf.cast(tf.less(spread, target / 1.1), "float32");
  const high = tf.cast(tf.greater(spread, target * 1.1), "float32");
  const factor = tf.add(tf.add(tf.mul(low, 0.1), tf.mul(high, 1 / 1.1 - 1)), 1);
  return tf.minimum(tf.maximum(tf.mul(alpha, factor), 1e-5), 1) as tf.Tensor1D;
}

/** Two-hot regression on the returns, held near a slow copy of itself (DreamerV3, eq. 10). */
function criticPass(
  weights: Parameters,
  slowCritic: Parameters,
  names: readonly string[],
  spec: AgentSpec,
  { normEps }: AgentSettings,
  { imagined, returns, weight }: ActorPass,
): { value: tf.Scalar; gradients: Parameters; slowValue: tf.Tensor2D } {
  const [horizon, count] = returns.shape;
  const chunks = inChunks(imagined.feats);
  const slow = tf.concat(
    chunks.map((feat) => twoHotMean(criticLogits(slowCritic, spec, normEps, feat), spec.bins)),
  ) as tf.Tensor1D;
  // The last step has a value but no return: it goes along at weight 0, so the pass is the one that gave the values.
  const none = tf.zeros([1, count]) as tf.Tensor2D;
  const everyStep = (x: tf.Tensor2D): tf.Tensor1D => tf.reshape(tf.concat2d([x, none], 0), [(horizon + 1) * count]);
  const [goals, stepWeights] = [everyStep(returns), everyStep(weight)];
  const { value, gradients } = gradientsOf(names, weights, () => {
    let at = 0;
    const parts = chunks.map((feat) => {
      const size = feat.shape[0];
      const part = (x: tf.Tensor1D): tf.Tensor1D => tf.slice(x, [at], [size]);
      // Cross entropy is linear in its target: both targets are added first.
      const target = tf.add(twoHot(part(goals), spec.bins), twoHot(part(slow), spec.bins)) as tf.Tensor2D;
      const losses = tf.mul(part(stepWeights), crossEntropy(criticLogits(weights, spec, normEps, feat), target));
      at += size;
      return tf.sum(losses);
    });
    const sum = parts.reduce((total, part) => tf.add(total, part));
    return tf.mul(sum, 1 / (horizon * count)) as tf.Scalar;
  });
  return { value, gradients, slowValue: firstSteps(tf.reshape(slow, [horizon + 1, count])) };
}
