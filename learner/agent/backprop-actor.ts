import * as tf from "@tensorflow/tfjs-core";
import { stopGradient } from "../nn/stop-gradient.ts";
import { normalisedEntropy } from "./actor.ts";
import { type ActorRule, type ActorState, type AgentSettings, firstDistributions, pair } from "./actor-objective.ts";

/** Gradient through the learned dynamics, advantages divided by max(1, their running deviation), adaptive entropy. */
export const backpropActor: ActorRule = {
  through: true,
  objective: (imagined, returns, baseline, state, settings) => {
    const surplus = tf.sub(returns, baseline) as tf.Tensor2D;
    const { moments, updates, centre, divisor } = updateMoments(stopGradient(surplus), state, settings.returnDecay);
    const advantage = tf.div(tf.sub(surplus, centre), divisor) as tf.Tensor2D;
    const spread = normalisedEntropy(firstDistributions(imagined).std, settings.minStd);
    const bonus = tf.reshape(tf.sum(tf.mul(spread, state.alpha), 1), returns.shape);
    const meanSpread = stopGradient(tf.mean(spread, 0)) as tf.Tensor1D;
    return {
      objective: tf.add(advantage, bonus),
      advantage,
      divisor,
      entropy: tf.mean(meanSpread) as tf.Scalar,
      state: {
        ...state,
        advantageMoments: moments,
        advantageUpdates: updates,
        alpha: adaptAlpha(state.alpha, meanSpread, entropyTarget(updates, settings)),
      },
    };
  },
};

/** Decayed moments with bias correction, this batch included; `divisor = max(1, deviation)`. */
function updateMoments(
  surplus: tf.Tensor2D,
  state: ActorState,
  decay: number,
): { moments: tf.Tensor1D; updates: tf.Scalar; centre: tf.Scalar; divisor: tf.Scalar } {
  const batch = tf.stack([tf.mean(surplus), tf.mean(tf.square(surplus))]);
  const moments = tf.add(tf.mul(state.advantageMoments, decay), tf.mul(batch, 1 - decay)) as tf.Tensor1D;
  const updates = tf.add(state.advantageUpdates, 1) as tf.Scalar;
  const correction = tf.sub(1, tf.exp(tf.mul(updates, Math.log(decay))));
  const corrected = tf.div(moments, correction) as tf.Tensor1D;
  const [centre, meanSquare] = pair(corrected);
  const variance = tf.maximum(tf.sub(meanSquare, tf.square(centre)), 0);
  return { moments, updates, centre, divisor: tf.maximum(tf.sqrt(variance), 1) as tf.Scalar };
}

/** The first target for `entropyHold` updates, then in a straight line to the last over `entropyAnneal`. */
export function entropyTarget(
  updates: tf.Scalar,
  { entropyTarget: first, entropyTargetEnd: last, entropyHold, entropyAnneal }: AgentSettings,
): tf.Scalar {
  const left = tf.div(tf.sub(entropyHold + entropyAnneal, updates), Math.max(1, entropyAnneal));
  return tf.add(tf.mul(tf.minimum(tf.maximum(left, 0), 1), first - last), last) as tf.Scalar;
}

/** DayDreamer's rule: ×1.1 below target / 1.1, ÷1.1 above target · 1.1, kept in [1e-5, 1]. */
function adaptAlpha(alpha: tf.Tensor1D, spread: tf.Tensor1D, target: tf.Scalar): tf.Tensor1D {
  const low = tf.cast(tf.less(spread, tf.div(target, 1.1)), "float32");
  const high = tf.cast(tf.greater(spread, tf.mul(target, 1.1)), "float32");
  const factor = tf.add(tf.add(tf.mul(low, 0.1), tf.mul(high, 1 / 1.1 - 1)), 1);
  return tf.minimum(tf.maximum(tf.mul(alpha, factor), 1e-5), 1) as tf.Tensor1D;
}
