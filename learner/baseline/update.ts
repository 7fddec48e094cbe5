import * as tf from "@tensorflow/tfjs-core";
import { adam } from "../nn/adam.ts";
import { gradientsOf } from "../nn/gradients-of.ts";
import type { Parameters } from "../nn/parameters.ts";
import { actorLoss, criticLoss, polyak, softTarget, temperatureGradient } from "./losses.ts";
import { actor, criticValues } from "./networks.ts";
import type { SacSettings, SacSpec } from "./spec.ts";
import { type Draw, draw } from "./squashed-gaussian.ts";
import type { Transitions } from "./transitions.ts";
import { LOG_TEMPERATURE, sacWeights } from "./weights.ts";

/** Everything an update changes. */
export interface SacState {
  /** Actor, critics and the temperature's logarithm. */
  readonly weights: Parameters;
  /** The critics' slow copies, by the names of the critics' weights. */
  readonly targets: Parameters;
  readonly firstMoments: Parameters;
  readonly secondMoments: Parameters;
  /** Optimiser steps made, []. */
  readonly steps: tf.Scalar;
}

/** The randomness of one update, standard normal: [N, A] each. */
export interface SacNoise {
  readonly action: tf.Tensor2D;
  readonly nextAction: tf.Tensor2D;
}

export interface SacUpdate {
  readonly state: SacState;
  readonly gradients: Parameters;
  readonly metrics: Readonly<Record<string, tf.Scalar>>;
}

/** One gradient step of critics, actor and temperature, all from the weights before it (Haarnoja et al. 2018b, alg. 1). */
export function updateSac(
  before: SacState,
  transitions: Transitions,
  noise: SacNoise,
  spec: SacSpec,
  settings: SacSettings,
): SacUpdate {
  const { weights, targets } = before;
  const { state, action, reward, next, terminal, counts } = transitions;
  const names = sacWeights(spec);
  const of = (group: keyof typeof names): string[] => names[group].map(({ name }) => name);
  const alpha = tf.exp(weights[LOG_TEMPERATURE]!) as tf.Scalar;

  const ahead = draw(actor(weights, spec, settings, next), noise.nextAction);
  const target = softTarget(
    tf.mul(reward, settings.rewardScale),
    terminal,
    criticValues(targets, spec, next, ahead.action),
    ahead.logProbability,
    alpha,
    settings.gamma,
  );
  const critics = gradientsOf(of("critics"), weights, () =>
    criticLoss(criticValues(weights, spec, state, action), target, counts),
  );
  let drawn: Draw | undefined;
  const policy = gradientsOf(of("actor"), weights, () => {
    drawn = draw(actor(weights, spec, settings, state), noise.action);
    tf.keep(drawn.logProbability);
    return actorLoss(criticValues(weights, spec, state, drawn.action), drawn.logProbability, alpha);
  });
  const { logProbability } = drawn!;
  const temperature = temperatureGradient(logProbability, settings.targetEntropy * spec.action);

  const steps = tf.add(before.steps, 1) as tf.Scalar;
  const step = (gradients: Parameters) =>
    adam(weights, gradients, { m: before.firstMoments, v: before.secondMoments }, steps, settings.adam);
  const critic = step(critics.gradients);
  const act = step(policy.gradients);
  const heat = step({ [LOG_TEMPERATURE]: temperature });
  const moved = { ...act.weights, ...critic.weights, ...heat.weights };
  return {
    state: {
      weights: moved,
      targets: polyak(targets, moved, settings.tau),
      firstMoments: { ...act.state.m, ...critic.state.m, ...heat.state.m },
      secondMoments: { ...act.state.v, ...critic.state.v, ...heat.state.v },
      steps,
    },
    gradients: { ...policy.gradients, ...critics.gradients, [LOG_TEMPERATURE]: temperature },
    metrics: {
      criticLoss: critics.value,
      actorLoss: policy.value,
      entropy: tf.neg(tf.mean(logProbability)) as tf.Scalar,
      temperature: alpha,
      targetMean: tf.mean(target) as tf.Scalar,
      criticGradientNorm: critic.gradientNorm,
      actorGradientNorm: act.gradientNorm,
    },
  };
}
