import * as tf from "@tensorflow/tfjs-core";
import type { LearnerConfig } from "../config.ts";
import type { ActionDistribution } from "./actor.ts";
import type { Imagined } from "./imagine.ts";

export type AgentSettings = LearnerConfig["agent"];

/** Running values of the actor's loss, carried from update to update. */
export interface ActorState {
  /** Decayed mean and mean square of R − V, and how many updates are in them: [2], []. */
  readonly advantageMoments: tf.Tensor1D;
  readonly advantageUpdates: tf.Scalar;
  /** Decayed 5 % and 95 % quantiles of the returns, [2]. */
  readonly returnRange: tf.Tensor1D;
  /** Entropy weight of each action dimension, [A]. */
  readonly alpha: tf.Tensor1D;
}

/** What an actor makes larger, at every imagined step: [H, N]. */
export interface Objective {
  readonly objective: tf.Tensor2D;
  /** [H, N] */
  readonly advantage: tf.Tensor2D;
  /** What advantages were divided by. */
  readonly divisor: tf.Scalar;
  /** As the log shows it. */
  readonly entropy: tf.Scalar;
  readonly state: ActorState;
}

/** One way to learn an actor from imagined trajectories. */
export interface ActorRule {
  /** Whether its gradient comes through the actions and the learned dynamics. */
  readonly through: boolean;
  /** `baseline` is the value at each step, without gradient: [H, N]. */
  readonly objective: (
    imagined: Imagined,
    returns: tf.Tensor2D,
    baseline: tf.Tensor2D,
    state: ActorState,
    settings: AgentSettings,
  ) => Objective;
}

/** Distributions at the first H of H + 1 steps: [H·N, A] each. */
export function firstDistributions({ distributions }: Imagined): ActionDistribution {
  const first = distributions.slice(0, -1);
  const all = (part: keyof ActionDistribution): tf.Tensor2D =>
    tf.concat2d(
      first.map((each) => each[part]),
      0,
    );
  return { mean: all("mean"), std: all("std") };
}

/** Both numbers of a [2]. */
export function pair(x: tf.Tensor1D): [tf.Scalar, tf.Scalar] {
  return [tf.reshape(tf.slice(x, [0], [1]), []), tf.reshape(tf.slice(x, [1], [1]), [])];
}
