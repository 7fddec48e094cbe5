import { type Builder, broadcast, countUses, type Graph, type Node, rewrite, sameShape, type Value } from "../graph.ts";
import { concat } from "../lowerings/shapes.ts";

/** Ops that treat every row alike, whose rows can therefore be concatenated before instead of after. */
const ROWWISE = new Set([
  "Add",
  "Sub",
  "Mul",
  "Div",
  "Neg",
  "Abs",
  "Exp",
  "Log",
  "Sqrt",
  "Sigmoid",
  "Tanh",
  "Relu",
  "QuickGelu",
]);

/**
 * Hoists work that does not depend on the recurrent state out of the unrolled loop: a concatenation over rows of equal
 * nodes, each used only there, becomes one node on concatenated operands.
 */
export function liftConcat(graph: Graph): Graph {
  const uses = countUses(graph.outputs);
  const once = new Set<Node>();
  for (const [value, count] of uses) if (count === 1 && value.node !== undefined) once.add(value.node);
  return rewrite(graph, (node, inputs, builder) => {
    const { axis } = node.attributes;
    if (node.op !== "Concat" || axis === undefined || !("int" in axis) || axis.int !== 0) return undefined;
    if (node.inputs.some((input) => input.node === undefined || !once.has(input.node))) return undefined;
    const lifted = lift(inputs, node.outputs[0]!.shape, builder);
    return lifted === undefined ? undefined : [lifted];
  });
}

function lift(parts: readonly Value[], shape: readonly number[], builder: Builder): Value | undefined {
  const first = parts[0]!.node;
  if (first === undefined || parts.some(({ node }) => node === undefined || !alike(node, first))) return undefined;
  const operands = (i: number): readonly Value[] => parts.map(({ node }) => node!.inputs[i]!);
  const shared = (i: number): boolean => operands(i).every((value) => value === operands(i)[0]);
  const joined = (i: number): Value => concat(builder, operands(i), 0);
  if (first.op === "Gemm") {
    const plain =
      first.attributes.transA === undefined || ("int" in first.attributes.transA && first.attributes.transA.int === 0);
    if (!plain || first.inputs.length !== 2 || !shared(1)) return undefined;
    return builder.op("Gemm", [joined(0), operands(1)[0]!], shape, first.attributes);
  }
  if (!ROWWISE.has(first.op)) return undefined;
  const inputs: Value[] = [];
  for (let i = 0; i < first.inputs.length; i++) {
    const perRow = parts.every(({ shape: part, node }) => {
      const operand = node!.inputs[i]!.shape;
      return operand.length === part.length && operand[0] === part[0];
    });
    if (perRow) inputs.push(joined(i));
    else if (shared(i) && spreadsOverRows(operands(i)[0]!, parts)) inputs.push(operands(i)[0]!);
    else return undefined;
  }
  const joint = inputs.length === 1 ? inputs[0]!.shape : broadcast(inputs[0]!.shape, inputs[1]!.shape);
  return sameShape(joint, shape) ? builder.op(first.op, inputs, shape, first.attributes, first.domain) : undefined;
}

/** A shared operand must mean the same for every row. */
function spreadsOverRows(operand: Value, parts: readonly Value[]): boolean {
  return parts.every(({ shape }) => operand.shape.length < shape.length || operand.shape[0] === 1);
}

function alike(a: Node, b: Node): boolean {
  return (
    a.op === b.op &&
    a.domain === b.domain &&
    a.inputs.length === b.inputs.length &&
    JSON.stringify(a.attributes) === JSON.stringify(b.attributes)
  );
}
