import * as tf from "@tensorflow/tfjs-core";
import type { Parameters } from "./parameters.ts";

export interface AdamSettings {
  readonly lr: number;
  readonly eps: number;
  /** Largest global norm of the gradient; a larger one is scaled down to it. */
  readonly clip: number;
  readonly beta1: number;
  readonly beta2: number;
}

export interface AdamState {
  /** First moments, by weight. */
  readonly m: Parameters;
  /** Second moments, by weight. */
  readonly v: Parameters;
}

export interface AdamStep {
  readonly weights: Parameters;
  readonly state: AdamState;
  /** Before clipping. */
  readonly gradientNorm: tf.Scalar;
}

/** Adam with bias correction (Kingma & Ba 2015, algorithm 1) after a global-norm clip. `step` counts from 1. */
export function adam(
  weights: Parameters,
  gradients: Parameters,
  state: AdamState,
  step: tf.Scalar,
  settings: AdamSettings,
): AdamStep {
  const { lr, eps, clip, beta1, beta2 } = settings;
  const squares = Object.values(gradients).map((g) => tf.sum(tf.square(g)));
  const gradientNorm = tf.sqrt(tf.addN(squares)) as tf.Scalar;
  const scale = tf.div(clip, tf.maximum(gradientNorm, clip));
  // (m' / (1 − β1^t)) / (√(v' / (1 − β2^t)) + eps) with both corrections moved into two scalars:
  const rootCorrection = tf.sqrt(tf.sub(1, tf.exp(tf.mul(step, Math.log(beta2)))));
  const rate = tf.div(tf.mul(rootCorrection, lr), tf.sub(1, tf.exp(tf.mul(step, Math.log(beta1)))));
  const scaledEps = tf.mul(rootCorrection, eps);
  const firstScale = tf.mul(scale, 1 - beta1);
  const secondScale = tf.mul(tf.square(scale), 1 - beta2);
  const next: { weights: Record<string, tf.Tensor>; m: Record<string, tf.Tensor>; v: Record<string, tf.Tensor> } = {
    weights: {},
    m: {},
    v: {},
  };
  for (const [name, gradient] of Object.entries(gradients)) {
    const m = tf.add(tf.mul(state.m[name]!, beta1), tf.mul(gradient, firstScale));
    const v = tf.add(tf.mul(state.v[name]!, beta2), tf.mul(tf.square(gradient), secondScale));
    next.m[name] = m;
    next.v[name] = v;
    next.weights[name] = tf.sub(weights[name]!, tf.mul(tf.div(m, tf.add(tf.sqrt(v), scaledEps)), rate));
  }
  return { weights: next.weights, state: { m: next.m, v: next.v }, gradientNorm };
}
