import { countUses, type Graph, rewrite, sameShape, type Value } from "../graph.ts";

/** A product whose only use is an addition takes the other term along: A·B + C is one node. */
export function fuseGemm(graph: Graph): Graph {
  const uses = countUses(graph.outputs);
  const single = new Set<Value>();
  for (const [value, count] of uses) if (count === 1) single.add(value);
  const fused = new Set<Value>();
  return rewrite(graph, (node, inputs, builder) => {
    if (node.op !== "Add" && node.op !== "Sum") return undefined;
    const shape = node.outputs[0]!.shape;
    const place = inputs.findIndex((input, i) => {
      const gemm = input.node;
      return (
        gemm?.op === "Gemm" &&
        gemm.inputs.length === 2 &&
        single.has(node.inputs[i]!) &&
        !fused.has(input) &&
        sameShape(input.shape, shape)
      );
    });
    if (place < 0) return undefined;
    const gemm = inputs[place]!.node!;
    const others = inputs.filter((_, i) => i !== place);
    const rest = others.length === 1 ? others[0]! : builder.op("Sum", others, shape);
    const [rows, columns] = [rest.shape.at(-2), rest.shape.at(-1)];
    const fits =
      sameShape(rest.shape, shape) || (rows === undefined && (columns === undefined || columns === shape[1]));
    if (!fits) return undefined;
    return [builder.op("Gemm", [...gemm.inputs, rest], shape, gemm.attributes)];
  });
}
