import * as tf from "@tensorflow/tfjs-core";
import type { StepSchema } from "../../runtime/step.ts";
import { encodePolicy, type PolicyGraph, type PolicySizes, traceAct } from "../algorithm/policy-graph.ts";
import type { Graph } from "../compile/graph.ts";
import type { LearnerConfig } from "../config.ts";
import { klDivergence } from "../nn/categorical.ts";
import { mlp } from "../nn/layers.ts";
import { symlog } from "../nn/squash.ts";
import { twoHotMean } from "../nn/two-hot.ts";
import { actor } from "./actor.ts";
import { criticLogits } from "./imagine.ts";
import { feature, Rssm } from "./rssm.ts";
import { type AgentSpec, agentSpec } from "./spec.ts";
import { policyWeights } from "./weights.ts";

const sizesOf = (spec: AgentSpec): PolicySizes => ({
  observation: spec.observation,
  action: spec.action,
  weights: policyWeights(spec),
  deter: spec.deter,
  stochGroups: spec.groups,
  stochClasses: spec.classes,
});

/**
 * One step of acting for one robot: belief from the last belief, the last action and what is seen now; a sampled action;
 * the value of the situation; and how much it surprises, KL(posterior ‖ prior) in nats. Inputs and outputs are those of
 * PolicyManifest. Only standard ONNX operators.
 */
export async function tracePolicy(schema: StepSchema, config: LearnerConfig): Promise<Graph> {
  const spec = agentSpec(schema, config);
  return traceAct(sizesOf(spec), (tensors) => act(tensors, spec, config.agent));
}

function act(
  tensors: Readonly<Record<string, tf.Tensor>>,
  spec: AgentSpec,
  settings: LearnerConfig["agent"],
): Record<string, tf.Tensor> {
  const input = (name: string): tf.Tensor2D => tensors[name] as tf.Tensor2D;
  const rssm = new Rssm(tensors, spec, settings);
  const keep = tf.sub(1, input("isFirst")) as tf.Tensor2D;
  const before = {
    deter: tf.mul(input("deter"), keep) as tf.Tensor2D,
    stoch: tf.mul(input("stoch"), keep) as tf.Tensor2D,
  };
  const deter = rssm.advance(before, rssm.projectAction(tf.mul(input("previousAction"), keep)));
  const embed = mlp(tensors, "encoder", spec.encoderLayers, symlog(input("observation")), settings.normEps);
  const posterior = rssm.posterior(deter, rssm.projectEmbed(embed));
  const stoch = rssm.sample(posterior, input("posteriorNoise"));
  const feat = feature({ deter, stoch });
  const { mean, std } = actor(tensors, spec, settings, feat);
  return {
    action: tf.add(mean, tf.mul(std, input("actionNoise"))),
    nextDeter: deter,
    nextStoch: stoch,
    value: tf.reshape(twoHotMean(criticLogits(tensors, spec, settings.normEps, feat), spec.bins), [1, 1]),
    surprise: tf.reshape(klDivergence(posterior, rssm.prior(deter), spec.groups), [1, 1]),
  };
}

/** The graph a robot runs. The same bytes for the same schema and sizes. */
export async function policyGraph(schema: StepSchema, config: LearnerConfig): Promise<PolicyGraph> {
  return encodePolicy(await tracePolicy(schema, config), sizesOf(agentSpec(schema, config)));
}
