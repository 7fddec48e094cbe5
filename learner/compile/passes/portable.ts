import { type Graph, rewrite } from "../graph.ts";

/** Spells onnxruntime's own operators out in standard ONNX, for graphs that others run. */
export function portable(graph: Graph): Graph {
  return rewrite(graph, (node, inputs, builder) => {
    if (node.op !== "QuickGelu") return undefined;
    const [x] = inputs;
    return [builder.op("Mul", [x!, builder.op("Sigmoid", [x!], x!.shape)], x!.shape)];
  });
}
