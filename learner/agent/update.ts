import * as tf from "@tensorflow/tfjs-core";
import { type AdamSettings, type AdamStep, adam } from "../nn/adam.ts";
import { gradientsOf } from "../nn/gradients-of.ts";
import type { Parameters } from "../nn/parameters.ts";
import type { ActorState, AgentSettings } from "./actor-objective.ts";
import { type Behaviour, behaviour } from "./behaviour.ts";
import type { Latent } from "./rssm.ts";
import type { AgentSpec } from "./spec.ts";
import { type AgentWeights, agentWeights } from "./weights.ts";
import { type ModelBatch, type ModelLoss, worldModelLoss } from "./world-model.ts";

/** Everything an update changes. */
export interface AgentState {
  readonly weights: Parameters;
  readonly slowCritic: Parameters;
  readonly firstMoments: Parameters;
  readonly secondMoments: Parameters;
  readonly actor: ActorState;
  /** Optimiser steps made, []. */
  readonly steps: tf.Scalar;
}

/** The randomness of one update, flattened time- or step-major; see ModelBatch and ImaginationNoise. */
export interface UpdateNoise {
  readonly imaginedLatent: tf.Tensor2D;
  readonly imaginedAction: tf.Tensor2D;
}

export interface UpdateResult {
  readonly state: AgentState;
  readonly metrics: Readonly<Record<string, tf.Scalar>>;
  readonly model: ModelLoss;
  readonly modelGradients: Parameters;
  readonly behaviour: Behaviour;
}

/**
 * One update of world model, actor and critic: a pure function. The behaviour is learned with the weights from before
 * the model's step, from the states the model inferred for this batch.
 */
export function updateAgent(
  state: AgentState,
  batch: ModelBatch,
  noise: UpdateNoise,
  spec: AgentSpec,
  settings: AgentSettings,
  batchSize: number,
): UpdateResult {
  const groups = agentWeights(spec);
  const names = (group: keyof AgentWeights): string[] => groups[group].map(({ name }) => name);
  let kept: ModelLoss | undefined;
  const { gradients: modelGradients, value: modelLoss } = gradientsOf(names("model"), state.weights, () => {
    kept = worldModelLoss(state.weights, spec, settings, batch, batchSize);
    const { latent, embed, posterior, prior, metrics } = kept;
    for (const tensor of [latent.deter, latent.stoch, embed, posterior, prior, ...Object.values(metrics)])
      tf.keep(tensor);
    return kept.loss;
  });
  const model = { ...kept!, loss: modelLoss };
  const starts = startRows(batch, batchSize, settings.imagineLast);
  const learned = behaviour(
    state.weights,
    state.slowCritic,
    { actor: names("actor"), critic: names("critic") },
    spec,
    settings,
    lastRows(model.latent, starts),
    tf.slice(batch.isTerminal, [batch.isTerminal.shape[0] - starts], [starts]),
    { latent: noise.imaginedLatent, action: noise.imaginedAction },
    state.actor,
  );
  const steps = tf.add(state.steps, 1) as tf.Scalar;
  const stepGroup = (gradients: Parameters, group: Omit<AdamSettings, "beta1" | "beta2">): AdamStep =>
    adam(state.weights, gradients, { m: state.firstMoments, v: state.secondMoments }, steps, {
      ...group,
      beta1: settings.beta1,
      beta2: settings.beta2,
    });
  const modelStep = stepGroup(modelGradients, settings.model);
  const actorStep = stepGroup(learned.actorGradients, settings.policy);
  const criticStep = stepGroup(learned.criticGradients, settings.critic);
  const weights = { ...modelStep.weights, ...actorStep.weights, ...criticStep.weights };
  return {
    state: {
      weights,
      slowCritic: mixSlow(state.slowCritic, weights, settings.slowMix),
      firstMoments: { ...modelStep.state.m, ...actorStep.state.m, ...criticStep.state.m },
      secondMoments: { ...modelStep.state.v, ...actorStep.state.v, ...criticStep.state.v },
      actor: learned.state,
      steps,
    },
    metrics: {
      modelLoss,
      ...model.metrics,
      ...learned.metrics,
      modelGradientNorm: modelStep.gradientNorm,
      actorGradientNorm: actorStep.gradientNorm,
      criticGradientNorm: criticStep.gradientNorm,
    },
    model,
    modelGradients,
    behaviour: learned,
  };
}

/** How many states imagination starts from: the last `imagineLast` of each sequence, 0 for all. */
export function startRows(
  batch: { readonly reward: { readonly shape: readonly number[] } },
  batchSize: number,
  imagineLast: number,
): number {
  const rows = batch.reward.shape[0]!;
  return imagineLast === 0 ? rows : Math.min(rows, imagineLast * batchSize);
}

function lastRows({ deter, stoch }: Latent, rows: number): Latent {
  const last = (x: tf.Tensor2D): tf.Tensor2D => tf.slice(x, [x.shape[0] - rows, 0], [rows, x.shape[1]]);
  return { deter: last(deter), stoch: last(stoch) };
}

/** `slow ← slow + mix·(fast − slow)` */
function mixSlow(slow: Parameters, weights: Parameters, mix: number): Parameters {
  return Object.fromEntries(
    Object.entries(slow).map(([name, old]) => [name, tf.add(tf.mul(old, 1 - mix), tf.mul(weights[name]!, mix))]),
  );
}
