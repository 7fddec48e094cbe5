import type { StepSchema } from "../../runtime/step.ts";
import { rewrite, type Value } from "../compile/graph.ts";
import { encodeOnnx } from "../compile/onnx.ts";
import type { LearnerConfig } from "../config.ts";
import type { Arrays } from "../train/trainer.ts";
import { tracePolicy } from "./policy-graph.ts";

/**
 * A policy as one self-contained ONNX file, its weights inside, for any ONNX runtime. Throws when a weight is missing
 * or has another shape than these sizes ask for. `metadata` is written into the model's properties; `trace` makes the graph
 * of another algorithm's policy.
 */
export async function exportPolicy(
  schema: StepSchema,
  config: LearnerConfig,
  weights: Arrays,
  metadata: Readonly<Record<string, string>> = {},
  trace = tracePolicy,
): Promise<Uint8Array> {
  const graph = await trace(schema, config);
  const baked = new Map<Value, Value>();
  for (const value of graph.inputs) {
    if (!value.input!.includes("/")) continue; // what a robot feeds; weights are named by their place: "actor/0/kernel"
    const found = weights[value.input!];
    if (found === undefined || found.shape.join() !== value.shape.join()) {
      const shape = found === undefined ? "none" : `[${found.shape}]`;
      throw new Error(`export: expected the weight "${value.input}" of shape [${value.shape}], found ${shape}`);
    }
    baked.set(value, graph.builder.constant(found.data, value.shape, "float32"));
  }
  const inputs = graph.inputs.filter((value) => !baked.has(value));
  return encodeOnnx(
    rewrite({ ...graph, inputs }, () => undefined, baked),
    metadata,
  );
}
