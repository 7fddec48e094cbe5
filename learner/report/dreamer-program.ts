import * as tf from "@tensorflow/tfjs-core";
import { actor, normalisedEntropy } from "../agent/actor.ts";
import { criticLogits } from "../agent/imagine.ts";
import { feature, type Latent, Rssm } from "../agent/rssm.ts";
import type { AgentSpec } from "../agent/spec.ts";
import { agentWeights } from "../agent/weights.ts";
import { observe } from "../agent/world-model.ts";
import { type Float32Spec, float32Inputs } from "../compile/float32.ts";
import type { LearnerConfig } from "../config.ts";
import { linear, mlp } from "../nn/layers.ts";
import type { ParameterSpec } from "../nn/parameters.ts";
import { symexp, symlog } from "../nn/squash.ts";
import { twoHotMean } from "../nn/two-hot.ts";

/** The two pieces of a sequence a belief is built from: its context, and as many steps up to where the value window ends. */
export const PIECES = ["start", "end"] as const;

/** Weights of a trainer's state that the program takes. */
export function probeWeights(spec: AgentSpec): ParameterSpec[] {
  const { model, actor, critic } = agentWeights(spec);
  return [...model.filter(({ name }) => !name.startsWith("continue/")), ...actor, ...critic];
}

/** Inputs of the program, flattened time-major: weights, both pieces, and what was done after the context. */
export function probeInputs(spec: AgentSpec, { report }: LearnerConfig): Record<string, Float32Spec> {
  const rows = report.batch * report.context;
  const aheadRows = report.batch * Math.max(...report.openLoop);
  const shapes: Record<string, readonly number[]> = {};
  for (const { name, shape } of probeWeights(spec)) shapes[name] = shape;
  for (const piece of PIECES) {
    shapes[`${piece}/observation`] = [rows, spec.observation];
    shapes[`${piece}/previousAction`] = [rows, spec.action];
    shapes[`${piece}/isFirst`] = [rows];
    shapes[`${piece}/noise`] = [rows, spec.groups];
  }
  shapes["ahead/action"] = [aheadRows, spec.action];
  shapes["ahead/noise"] = [aheadRows, spec.groups];
  return float32Inputs(shapes);
}

/**
 * Posteriors over both pieces, the prior from the end of the context under the actions really taken, and what decoder,
 * reward head, critic and actor make of them. Outputs are named as in Predictions; those of `openLoop` are [S·B, …].
 */
export function probeProgram(
  spec: AgentSpec,
  { agent, report }: LearnerConfig,
): (tensors: Readonly<Record<string, tf.Tensor>>) => Record<string, tf.Tensor> {
  return (tensors) => {
    const rssm = new Rssm(tensors, spec, agent);
    const [start, end] = PIECES.map((piece) => believe(tensors, piece, rssm, spec, report.batch, agent.normEps));
    const ahead = feature(rollOut(rssm, start!, tensors, report));
    const decoded = linear(
      tensors,
      "decoder/out",
      mlp(tensors, "decoder", spec.encoderLayers, ahead, agent.normEps),
    ) as tf.Tensor2D;
    const rewardLogits = linear(
      tensors,
      "reward/out",
      mlp(tensors, "reward", spec.headLayers, ahead, agent.normEps),
    ) as tf.Tensor2D;
    const value = (latent: Latent): tf.Tensor1D =>
      twoHotMean(criticLogits(tensors, spec, agent.normEps, feature(latent)), spec.bins);
    const { mean, std } = actor(tensors, spec, agent, tf.concat2d([feature(start!), feature(end!)], 0));
    return {
      "openLoop/observation": symexp(decoded),
      "openLoop/reward": twoHotMean(rewardLogits, spec.bins),
      "value/start": value(start!),
      "value/end": value(end!),
      "policy/entropy": tf.mean(normalisedEntropy(std, agent.minStd)),
      "policy/mode": tf.mean(tf.abs(mean)),
    };
  };
}

/** The posterior at the last step of a piece. */
function believe(
  tensors: Readonly<Record<string, tf.Tensor>>,
  piece: (typeof PIECES)[number],
  rssm: Rssm,
  spec: AgentSpec,
  count: number,
  normEps: number,
): Latent {
  const input = <T extends tf.Tensor>(name: string): T => tensors[`${piece}/${name}`] as T;
  const observation = symlog(input<tf.Tensor2D>("observation"));
  const embed = mlp(tensors, "encoder", spec.encoderLayers, observation, normEps);
  const { latent } = observe(
    rssm,
    { previousAction: input("previousAction"), isFirst: input("isFirst"), posteriorNoise: input("noise") },
    embed,
    count,
  );
  const last = (x: tf.Tensor2D): tf.Tensor2D => tf.slice(x, [x.shape[0] - count, 0], [count, x.shape[1]]);
  return { deter: last(latent.deter), stoch: last(latent.stoch) };
}

/** The prior's states at the steps `openLoop` after `from`, one below the other. */
function rollOut(
  rssm: Rssm,
  from: Latent,
  tensors: Readonly<Record<string, tf.Tensor>>,
  { batch: count, openLoop }: LearnerConfig["report"],
): Latent {
  const rows = (x: tf.Tensor2D, t: number): tf.Tensor2D => tf.slice(x, [t * count, 0], [count, x.shape[1]]);
  const actions = rssm.projectAction(tensors["ahead/action"] as tf.Tensor2D);
  const noise = tensors["ahead/noise"] as tf.Tensor2D;
  const states: Latent[] = [from];
  for (let t = 0; t * count < noise.shape[0]; t++) {
    const deter = rssm.advance(states[t]!, rows(actions, t));
    states.push({ deter, stoch: rssm.sample(rssm.prior(deter), rows(noise, t)) });
  }
  const at = (part: keyof Latent): tf.Tensor2D =>
    tf.concat2d(
      openLoop.map((ahead) => states[ahead]![part]),
      0,
    );
  return { deter: at("deter"), stoch: at("stoch") };
}
