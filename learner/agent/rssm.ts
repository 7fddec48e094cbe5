import * as tf from "@tensorflow/tfjs-core";
import { mixedProbabilities, sampleStraightThrough } from "../nn/categorical.ts";
import { gruGates } from "../nn/gru.ts";
import { silu } from "../nn/kernels.ts";
import { linear, norm, normedLinear } from "../nn/layers.ts";
import { type Parameters, weight } from "../nn/parameters.ts";
import { stopGradient } from "../nn/stop-gradient.ts";
import { type AgentSpec, stochSize } from "./spec.ts";

/** Numbers of the recurrent model that are not sizes. */
export interface RssmSettings {
  readonly unimix: number;
  readonly normEps: number;
}

export interface Latent {
  /** [R, D] */
  readonly deter: tf.Tensor2D;
  /** [R, G·C] a one-hot a group, with a straight-through gradient. */
  readonly stoch: tf.Tensor2D;
}

/** The recurrent state-space model of DreamerV3 (Hafner et al. 2023, eq. 3) over named weights. */
export class Rssm {
  readonly #weights: Parameters;
  readonly #spec: AgentSpec;
  readonly #settings: RssmSettings;
  readonly #fromStoch: tf.Tensor2D;
  readonly #fromAction: tf.Tensor2D;
  readonly #fromDeter: tf.Tensor2D;
  readonly #fromEmbed: tf.Tensor2D;

  constructor(weights: Parameters, spec: AgentSpec, settings: RssmSettings) {
    this.#weights = weights;
    this.#spec = spec;
    this.#settings = settings;
    const input = weight<tf.Tensor2D>(weights, "rssm/input/kernel");
    const posterior = weight<tf.Tensor2D>(weights, "rssm/posterior/0/kernel");
    const stoch = stochSize(spec);
    // What an observed sequence knows beforehand (actions, embeddings) is projected for all steps at once.
    this.#fromStoch = tf.slice(input, [0, 0], [stoch, spec.units]);
    this.#fromAction = tf.slice(input, [stoch, 0], [spec.action, spec.units]);
    this.#fromDeter = tf.slice(posterior, [0, 0], [spec.deter, spec.units]);
    this.#fromEmbed = tf.slice(posterior, [spec.deter, 0], [spec.units, spec.units]);
  }

  initial(rows: number): Latent {
    return { deter: tf.zeros([rows, this.#spec.deter]), stoch: tf.zeros([rows, stochSize(this.#spec)]) };
  }

  /** Actions as the core takes them: divided by max(1, |a|), the divisor without gradient. [R, A] → [R, U] */
  projectAction(action: tf.Tensor2D): tf.Tensor2D {
    const bounded = tf.div(action, stopGradient(tf.maximum(tf.abs(action), 1))) as tf.Tensor2D;
    return tf.matMul(bounded, this.#fromAction) as tf.Tensor2D;
  }

  /** [R, U] → [R, U] */
  projectEmbed(embed: tf.Tensor2D): tf.Tensor2D {
    return tf.matMul(embed, this.#fromEmbed);
  }

  /** The next deterministic state from a latent and a projected action. */
  advance({ deter, stoch }: Latent, projectedAction: tf.Tensor2D): tf.Tensor2D {
    const { normEps } = this.#settings;
    const projected: tf.Tensor2D = tf.add(tf.matMul(stoch, this.#fromStoch), projectedAction);
    const x = silu(norm(this.#weights, "rssm/input", projected, normEps));
    const gates: tf.Tensor2D = tf.matMul(
      tf.concat2d([deter, x], 1),
      weight<tf.Tensor2D>(this.#weights, "rssm/gru/kernel"),
    );
    return gruGates(norm(this.#weights, "rssm/gru", gates, normEps), deter);
  }

  /** What the model expects to see: [R, D] → probabilities [R·G, C] */
  prior(deter: tf.Tensor2D): tf.Tensor2D {
    const hidden = normedLinear(this.#weights, "rssm/prior/0", deter, this.#settings.normEps);
    return this.#probabilities(linear(this.#weights, "rssm/prior/logits", hidden));
  }

  /** What it believes once it has seen: [R, D], projected embedding [R, U] → probabilities [R·G, C] */
  posterior(deter: tf.Tensor2D, projectedEmbed: tf.Tensor2D): tf.Tensor2D {
    const projected = tf.add(tf.matMul(deter, this.#fromDeter), projectedEmbed) as tf.Tensor2D;
    const hidden = silu(norm(this.#weights, "rssm/posterior/0", projected, this.#settings.normEps));
    return this.#probabilities(linear(this.#weights, "rssm/posterior/logits", hidden));
  }

  #probabilities(logits: tf.Tensor2D): tf.Tensor2D {
    return mixedProbabilities(logits, this.#spec, this.#settings.unimix);
  }

  /** Probabilities [R·G, C] and uniform numbers [R, G] → latent sample [R, G·C] */
  sample(probabilities: tf.Tensor2D, uniform: tf.Tensor2D): tf.Tensor2D {
    const { groups } = this.#spec;
    const draws = sampleStraightThrough(probabilities, tf.reshape(uniform, [probabilities.shape[0], 1]));
    return tf.reshape(draws, [probabilities.shape[0] / groups, stochSize(this.#spec)]);
  }
}

/** The feature every head reads: [deter, stoch]. */
export function feature({ deter, stoch }: Latent): tf.Tensor2D {
  return tf.concat2d([deter, stoch], 1);
}
