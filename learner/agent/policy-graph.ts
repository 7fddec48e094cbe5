import { createHash } from "node:crypto";
import * as tf from "@tensorflow/tfjs-core";
import type { StepSchema } from "../../runtime/step.ts";
import type { WeightSpec } from "../../runtime/wire/manifest.ts";
import type { Graph } from "../compile/graph.ts";
import { encodeOnnx } from "../compile/onnx.ts";
import { optimise } from "../compile/optimise.ts";
import { trace } from "../compile/trace.ts";
import type { LearnerConfig } from "../config.ts";
import { klDivergence } from "../nn/categorical.ts";
import { mlp } from "../nn/layers.ts";
import { symlog } from "../nn/squash.ts";
import { twoHotMean } from "../nn/two-hot.ts";
import { actor } from "./actor.ts";
import { criticLogits } from "./imagine.ts";
import { feature, Rssm } from "./rssm.ts";
import { type AgentSpec, agentSpec, stochSize } from "./spec.ts";
import { policyWeights } from "./weights.ts";

/** A robot's side of the agent, as the manifest of a policy bundle describes it. */
export interface PolicyGraph {
  /** ONNX with weights as inputs. */
  readonly bytes: Uint8Array;
  /** SHA-256 of `bytes`, hex. */
  readonly hash: string;
  readonly weights: readonly WeightSpec[];
  readonly deter: number;
  readonly stochGroups: number;
  readonly stochClasses: number;
}

/**
 * One step of acting for one robot: belief from the last belief, the last action and what is seen now; a sampled action;
 * the value of the situation; and how much it surprises, KL(posterior ‖ prior) in nats. Inputs and outputs are those of
 * PolicyManifest. Only standard ONNX operators.
 */
export async function tracePolicy(schema: StepSchema, config: LearnerConfig): Promise<Graph> {
  const spec = agentSpec(schema, config);
  const float = (shape: readonly number[]): { shape: readonly number[]; dtype: "float32" } => ({
    shape,
    dtype: "float32",
  });
  const inputs = {
    observation: float([1, spec.observation]),
    previousAction: float([1, spec.action]),
    isFirst: float([1, 1]),
    deter: float([1, spec.deter]),
    stoch: float([1, stochSize(spec)]),
    posteriorNoise: float([1, spec.groups]),
    actionNoise: float([1, spec.action]),
    ...Object.fromEntries(policyWeights(spec).map(({ name, shape }) => [name, float(shape)])),
  };
  return optimise(await trace(inputs, (tensors) => act(tensors, spec, config.agent)));
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
  const spec = agentSpec(schema, config);
  const bytes = encodeOnnx(await tracePolicy(schema, config));
  return {
    bytes,
    hash: createHash("sha256").update(bytes).digest("hex"),
    weights: policyWeights(spec).map(({ name, shape }) => ({ name, shape })),
    deter: spec.deter,
    stochGroups: spec.groups,
    stochClasses: spec.classes,
  };
}
