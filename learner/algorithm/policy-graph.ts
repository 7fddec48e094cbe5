import { createHash } from "node:crypto";
import type * as tf from "@tensorflow/tfjs-core";
import type { WeightSpec } from "../../runtime/wire/manifest.ts";
import { float32Inputs } from "../compile/float32.ts";
import type { Graph } from "../compile/graph.ts";
import { encodeOnnx } from "../compile/onnx.ts";
import { optimise } from "../compile/optimise.ts";
import { trace } from "../compile/trace.ts";

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

/** What the inputs of a policy are as large as. */
export interface PolicySizes extends Pick<PolicyGraph, "weights" | "deter" | "stochGroups" | "stochClasses"> {
  readonly observation: number;
  readonly action: number;
}

/** The graph of `act`, a function of the inputs of PolicyManifest. Only standard ONNX operators. */
export async function traceAct(
  { observation, action, weights, deter, stochGroups, stochClasses }: PolicySizes,
  act: (tensors: Readonly<Record<string, tf.Tensor>>) => Record<string, tf.Tensor>,
): Promise<Graph> {
  const inputs = float32Inputs({
    observation: [1, observation],
    previousAction: [1, action],
    isFirst: [1, 1],
    deter: [1, deter],
    stoch: [1, stochGroups * stochClasses],
    posteriorNoise: [1, stochGroups],
    actionNoise: [1, action],
    ...Object.fromEntries(weights.map(({ name, shape }) => [name, shape])),
  });
  return optimise(await trace(inputs, act));
}

/** A policy as it is sent to a robot. The same bytes for the same graph. */
export function encodePolicy(graph: Graph, { weights, deter, stochGroups, stochClasses }: PolicySizes): PolicyGraph {
  const bytes = encodeOnnx(graph);
  return {
    bytes,
    hash: createHash("sha256").update(bytes).digest("hex"),
    weights: weights.map(({ name, shape }) => ({ name, shape })),
    deter,
    stochGroups,
    stochClasses,
  };
}
