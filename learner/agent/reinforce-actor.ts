import * as tf from "@tensorflow/tfjs-core";
import { stopGradient } from "../nn/stop-gradient.ts";
import { gaussianEntropy, logProbability } from "./actor.ts";
import { type ActorRule, type ActorState, firstDistributions, pair } from "./actor-objective.ts";
import { quantiles } from "./returns.ts";

/** Log-probability times advantage, returns scaled by their running 5–95 % range, fixed entropy (DreamerV3, eq. 11–12). */
export const reinforceActor: ActorRule = {
  through: false,
  objective: (imagined, returns, baseline, state, settings) => {
    const { returnRange, divisor } = updateRange(returns, state, settings.returnDecay);
    const advantage = tf.div(tf.sub(returns, baseline), divisor) as tf.Tensor2D;
    const distribution = firstDistributions(imagined);
    const actions = tf.concat2d(imagined.actions.slice(0, -1), 0);
    const nats = gaussianEntropy(distribution.std);
    const score = tf.mul(logProbability(distribution, actions), tf.reshape(advantage, [returns.size]));
    return {
      objective: tf.reshape(tf.add(score, tf.mul(nats, settings.entropy)), returns.shape),
      advantage,
      divisor,
      entropy: stopGradient(tf.mean(nats)) as tf.Scalar,
      state: { ...state, returnRange },
    };
  },
};

/** Decayed 5 % and 95 % quantiles of the returns; `divisor = max(1, their distance)`. */
function updateRange(
  returns: tf.Tensor2D,
  state: ActorState,
  decay: number,
): { returnRange: tf.Tensor1D; divisor: tf.Scalar } {
  const range = tf.stack(quantiles(returns, [0.05, 0.95]));
  const returnRange = tf.add(tf.mul(state.returnRange, decay), tf.mul(range, 1 - decay)) as tf.Tensor1D;
  const [low, high] = pair(returnRange);
  return { returnRange, divisor: tf.maximum(tf.sub(high, low), 1) as tf.Scalar };
}
