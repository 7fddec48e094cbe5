import * as tf from "@tensorflow/tfjs-core";
import { gradientsOf } from "../nn/gradients-of.ts";
import type { Parameters } from "../nn/parameters.ts";
import { stopGradient } from "../nn/stop-gradient.ts";
import type { ActorState, AgentSettings, Objective } from "./actor-objective.ts";
import { backpropActor } from "./backprop-actor.ts";
import { criticPass } from "./critic.ts";
import { evaluate, type ImaginationNoise, type Imagined, imagine } from "./imagine.ts";
import { reinforceActor } from "./reinforce-actor.ts";
import { discountWeights, firstSteps, lambdaReturns, type Trajectory } from "./returns.ts";
import type { Latent } from "./rssm.ts";
import type { AgentSpec } from "./spec.ts";

/** What the actor's pass leaves behind for the critic and the log; [H, N] each. */
interface ActorPass extends Omit<Objective, "objective"> {
  readonly imagined: Imagined;
  readonly trajectory: Trajectory;
  readonly returns: tf.Tensor2D;
  readonly weight: tf.Tensor2D;
}

export interface Behaviour extends ActorPass {
  readonly actorGradients: Parameters;
  readonly criticGradients: Parameters;
  /** [H, N] */
  readonly slowValue: tf.Tensor2D;
  readonly metrics: Readonly<Record<string, tf.Scalar>>;
}

interface Names {
  readonly actor: readonly string[];
  readonly critic: readonly string[];
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
  const { normEps, gamma, lambda } = settings;
  const rule = settings.actor === "backprop" ? backpropActor : reinforceActor;
  let kept: ActorPass | undefined;
  const actor = gradientsOf(names.actor, weights, () => {
    const imagined = imagine(weights, spec, settings, start, noise, rule.through);
    const trajectory = evaluate(weights, spec, normEps, imagined, startTerminal);
    const returns = lambdaReturns(trajectory, gamma, lambda);
    const [horizon, count] = returns.shape;
    const weight = stopGradient(discountWeights(trajectory.cont, horizon, count, gamma));
    const baseline = stopGradient(firstSteps(trajectory.value));
    const { objective, ...rest } = rule.objective(imagined, returns, baseline, state, settings);
    kept = keepPass({ imagined, trajectory, returns, weight, ...rest });
    return tf.neg(tf.mean(tf.mul(weight, objective))) as tf.Scalar;
  });
  const pass = kept!;
  const critic = criticPass(weights, slowCritic, names.critic, spec, normEps, pass.imagined, pass.returns, pass.weight);
  return {
    ...pass,
    actorGradients: actor.gradients,
    criticGradients: critic.gradients,
    slowValue: critic.slowValue,
    metrics: {
      actorLoss: actor.value,
      criticLoss: critic.value,
      entropy: pass.entropy,
      std: tf.mean(tf.stack(pass.imagined.distributions.map(({ std }) => tf.mean(std)))) as tf.Scalar,
      returnMean: tf.mean(pass.returns) as tf.Scalar,
      valueMean: tf.mean(pass.trajectory.value) as tf.Scalar,
      imaginedReward: tf.mean(pass.trajectory.reward) as tf.Scalar,
      advantageDivisor: pass.divisor,
      alpha: tf.mean(pass.state.alpha) as tf.Scalar,
    },
  };
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
