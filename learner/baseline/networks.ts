import * as tf from "@tensorflow/tfjs-core";
import { linear } from "../nn/layers.ts";
import type { Parameters } from "../nn/parameters.ts";
import type { SacSettings, SacSpec } from "./spec.ts";
import type { SquashedGaussian } from "./squashed-gaussian.ts";
import { CRITICS } from "./weights.ts";

/** The layers "name/0" … with ReLU: [R, in] → [R, units] */
function hidden(weights: Parameters, name: string, layers: number, x: tf.Tensor2D): tf.Tensor2D {
  let y = x;
  for (let i = 0; i < layers; i++) y = tf.relu(linear(weights, `${name}/${i}`, y));
  return y;
}

/** [R, S] → [R, A] each */
export function actor(weights: Parameters, spec: SacSpec, settings: SacSettings, state: tf.Tensor2D): SquashedGaussian {
  const y = hidden(weights, "actor", spec.layers, state);
  const raw = linear(weights, "actor/log-std", y);
  const logStd = tf.minimum(tf.maximum(raw, settings.logStdMin), settings.logStdMax);
  return { mean: linear(weights, "actor/mean", y), logStd: logStd as tf.Tensor2D };
}

/** What each critic says of doing `action` in `state`: [R, S], [R, A] → [R] each */
export function criticValues(
  weights: Parameters,
  spec: SacSpec,
  state: tf.Tensor2D,
  action: tf.Tensor2D,
): [tf.Tensor1D, tf.Tensor1D] {
  const x = tf.concat([state, action], 1);
  const value = (name: string): tf.Tensor1D =>
    tf.reshape(linear(weights, `${name}/out`, hidden(weights, name, spec.layers, x)), [x.shape[0]]);
  return [value(CRITICS[0]), value(CRITICS[1])];
}
