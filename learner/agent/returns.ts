import * as tf from "@tensorflow/tfjs-core";
import { constant } from "../nn/constant.ts";

/** Numbers along imagined trajectories, [steps, N] each. */
export interface Trajectory {
  /** [H, N] received on arriving at steps 1 … H. */
  readonly reward: tf.Tensor2D;
  /** [H + 1, N] */
  readonly value: tf.Tensor2D;
  /** [H + 1, N] probability of going on, or undefined when episodes never end. */
  readonly cont: tf.Tensor2D | undefined;
}

/** λ-return `R_t = r_{t+1} + γ·c_{t+1}·((1 − λ)·V_{t+1} + λ·R_{t+1})`, `R_H = V_H` (DreamerV3, eq. 7): [H, N]. */
export function lambdaReturns({ reward, value, cont }: Trajectory, gamma: number, lambda: number): tf.Tensor2D {
  if (cont === undefined) return endlessReturns(reward, value, gamma, lambda);
  const [horizon, count] = reward.shape;
  const row = (x: tf.Tensor2D, t: number): tf.Tensor2D => tf.slice(x, [t, 0], [1, count]);
  let later = row(value, horizon);
  const returns: tf.Tensor2D[] = [];
  for (let t = horizon - 1; t >= 0; t--) {
    const mixed = tf.add(tf.mul(row(value, t + 1), 1 - lambda), tf.mul(later, lambda));
    later = tf.add(row(reward, t), tf.mul(mixed, tf.mul(row(cont, t + 1), gamma)));
    returns.unshift(later);
  }
  return tf.concat2d(returns, 0);
}

/** Where nothing ever ends the return is a fixed linear map of rewards and values: two products instead of a loop. */
function endlessReturns(reward: tf.Tensor2D, value: tf.Tensor2D, gamma: number, lambda: number): tf.Tensor2D {
  const horizon = reward.shape[0];
  const ofReward = new Float32Array(horizon * horizon);
  const ofValue = new Float32Array(horizon * (horizon + 1));
  for (let t = 0; t < horizon; t++) {
    for (let k = t; k < horizon; k++) {
      const decay = (gamma * lambda) ** (k - t);
      ofReward[t * horizon + k] = decay;
      ofValue[t * (horizon + 1) + k + 1] = decay * gamma * (k === horizon - 1 ? 1 : 1 - lambda);
    }
  }
  return tf.add(
    tf.matMul(constant(ofReward, [horizon, horizon]), reward),
    tf.matMul(constant(ofValue, [horizon, horizon + 1]), value),
  );
}

/** `w_t = Π_{k≤t} γ·c_k / γ`: how likely step t is still reached, [H, N]. */
export function discountWeights(
  cont: tf.Tensor2D | undefined,
  horizon: number,
  count: number,
  gamma: number,
): tf.Tensor2D {
  let weight: tf.Tensor2D = cont === undefined ? tf.ones([1, count]) : tf.slice(cont, [0, 0], [1, count]);
  const weights = [weight];
  for (let t = 1; t < horizon; t++) {
    const step = cont === undefined ? gamma : tf.mul(tf.slice(cont, [t, 0], [1, count]), gamma);
    weight = tf.mul(weight, step);
    weights.push(weight);
  }
  return tf.concat2d(weights, 0);
}

/** The q-quantile of all numbers of `x`, linearly interpolated between neighbours. */
export function quantiles(x: tf.Tensor, qs: readonly number[]): tf.Scalar[] {
  const { values } = tf.topk(tf.reshape(x, [x.size]), x.size);
  return qs.map((q) => {
    const place = (1 - q) * (x.size - 1);
    const low = Math.min(Math.floor(place), x.size - 2);
    const [a, b] = [low, low + 1].map((i) => tf.reshape(tf.slice(values, [i], [1]), []));
    return tf.add(tf.mul(a!, 1 - (place - low)), tf.mul(b!, place - low));
  });
}

/** The first H of H + 1 steps of [H + 1, N]. */
export function firstSteps(x: tf.Tensor2D): tf.Tensor2D {
  return tf.slice(x, [0, 0], [x.shape[0] - 1, x.shape[1]]);
}
