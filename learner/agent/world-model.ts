import * as tf from "@tensorflow/tfjs-core";
import type { SequenceBatch } from "../algorithm/sequence-batch.ts";
import { entropy, klDivergence } from "../nn/categorical.ts";
import { linear, mlp } from "../nn/layers.ts";
import type { Parameters } from "../nn/parameters.ts";
import { symlog } from "../nn/squash.ts";
import { stopGradient } from "../nn/stop-gradient.ts";
import { crossEntropy, twoHot } from "../nn/two-hot.ts";
import { feature, type Latent, Rssm, type RssmSettings } from "./rssm.ts";
import type { AgentSpec } from "./spec.ts";

export interface WorldModelSettings extends RssmSettings {
  readonly dynScale: number;
  readonly repScale: number;
  readonly freeNats: number;
}

/** A batch, and the noise that samples its latents. */
export interface ModelBatch extends SequenceBatch {
  /** [T·B, G] uniform in [0, 1). */
  readonly posteriorNoise: tf.Tensor2D;
}

export interface ModelLoss {
  readonly loss: tf.Scalar;
  /** Every posterior state, time-major. */
  readonly latent: Latent;
  readonly embed: tf.Tensor2D;
  readonly posterior: tf.Tensor2D;
  readonly prior: tf.Tensor2D;
  readonly metrics: Readonly<Record<string, tf.Scalar>>;
}

/**
 * One pass of the world model over a batch: reconstruction in symlog space, two-hot reward, continue, and the KL between
 * posterior and prior, balanced and with free nats (DreamerV3, eq. 4–5). Losses are means over batch and time.
 */
export function worldModelLoss(
  weights: Parameters,
  spec: AgentSpec,
  settings: WorldModelSettings,
  batch: ModelBatch,
  batchSize: number,
): ModelLoss {
  const { normEps } = settings;
  const rssm = new Rssm(weights, spec, settings);
  const target = symlog(batch.observation);
  const embed = mlp(weights, "encoder", spec.encoderLayers, target, normEps);
  const { latent, posterior } = observe(rssm, batch, embed, batchSize);
  const prior = rssm.prior(latent.deter);
  const feat = feature(latent);

  const decoded = linear(weights, "decoder/out", mlp(weights, "decoder", spec.encoderLayers, feat, normEps));
  const recon = tf.mean(tf.sum(tf.square(tf.sub(decoded, target)), 1)) as tf.Scalar;
  const rewardLogits = linear(weights, "reward/out", mlp(weights, "reward", spec.headLayers, feat, normEps));
  const reward = tf.mean(crossEntropy(rewardLogits, twoHot(batch.reward, spec.bins))) as tf.Scalar;
  const dynRows = klDivergence(stopGradient(posterior), prior, spec.groups);
  const repRows = klDivergence(posterior, stopGradient(prior), spec.groups);
  const free = (rows: tf.Tensor1D): tf.Scalar => tf.mean(tf.maximum(rows, settings.freeNats)) as tf.Scalar;
  const dyn = free(dynRows);
  const rep = free(repRows);
  const kl = tf.add(tf.mul(dyn, settings.dynScale), tf.mul(rep, settings.repScale));
  const losses: Record<string, tf.Scalar> = { recon, reward };
  if (spec.canTerminate) losses.continue = continueLoss(weights, spec, settings, feat, batch.isTerminal);
  const loss = Object.values(losses).reduce((sum, part) => tf.add(sum, part), kl) as tf.Scalar;
  return {
    loss,
    latent,
    embed,
    posterior,
    prior,
    metrics: {
      ...losses,
      kl: tf.mean(dynRows) as tf.Scalar,
      posteriorEntropy: tf.mean(entropy(posterior, spec.groups)) as tf.Scalar,
      priorEntropy: tf.mean(entropy(prior, spec.groups)) as tf.Scalar,
      dyn,
      rep,
    },
  };
}

/** Unrolls the posterior over the T steps of a batch. */
export function observe(
  rssm: Rssm,
  batch: Pick<ModelBatch, "previousAction" | "isFirst" | "posteriorNoise">,
  embed: tf.Tensor2D,
  batchSize: number,
): { latent: Latent; posterior: tf.Tensor2D } {
  const steps = embed.shape[0] / batchSize;
  const rows = <T extends tf.Tensor2D>(x: T, t: number): tf.Tensor2D =>
    tf.slice(x, [t * batchSize, 0], [batchSize, x.shape[1]]);
  const keep = tf.reshape(tf.sub(1, batch.isFirst), [batch.isFirst.shape[0], 1]) as tf.Tensor2D;
  const actions = rssm.projectAction(tf.mul(batch.previousAction, keep));
  const embeds = rssm.projectEmbed(embed);
  const latents: Latent[] = [];
  const posteriors: tf.Tensor2D[] = [];
  let state = rssm.initial(batchSize);
  for (let t = 0; t < steps; t++) {
    const kept = rows(keep, t);
    if (t > 0) state = { deter: tf.mul(state.deter, kept), stoch: tf.mul(state.stoch, kept) };
    const deter = rssm.advance(state, rows(actions, t));
    const posterior = rssm.posterior(deter, rows(embeds, t));
    state = { deter, stoch: rssm.sample(posterior, rows(batch.posteriorNoise, t)) };
    latents.push(state);
    posteriors.push(posterior);
  }
  return {
    latent: {
      deter: tf.concat(latents.map(({ deter }) => deter)),
      stoch: tf.concat(latents.map(({ stoch }) => stoch)),
    },
    posterior: tf.concat(posteriors),
  };
}

/** Binary cross entropy of "goes on" against 1 − isTerminal: softplus(x) − x·target. */
function continueLoss(
  weights: Parameters,
  spec: AgentSpec,
  { normEps }: RssmSettings,
  feat: tf.Tensor2D,
  isTerminal: tf.Tensor1D,
): tf.Scalar {
  const logit = continueLogit(weights, spec, feat, normEps);
  return tf.mean(tf.sub(tf.softplus(logit), tf.mul(logit, tf.sub(1, isTerminal)))) as tf.Scalar;
}

/** [R, feature] → [R] */
export function continueLogit(weights: Parameters, spec: AgentSpec, feat: tf.Tensor2D, normEps: number): tf.Tensor1D {
  const logit = linear(weights, "continue/out", mlp(weights, "continue", spec.headLayers, feat, normEps));
  return tf.reshape(logit, [feat.shape[0]]);
}
