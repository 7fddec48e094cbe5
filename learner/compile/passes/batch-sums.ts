import {
  type Attributes,
  type Builder,
  countUses,
  type Graph,
  type Node,
  rewrite,
  sameShape,
  type Value,
} from "../graph.ts";
import { concat } from "../lowerings/shapes.ts";

/**
 * Sums that backpropagation through time builds one step at a time, done at once:
 * Σ_t Aᵀ_t·B_t becomes one product of A and B concatenated over t (the weight gradients of a recurrent step),
 * Σ_t Σ_rows X_t one sum over the rows of all X_t, and Σ_t of what fills different places of one tensor (the gradients
 * of its slices) a concatenation. What is left becomes one Sum.
 */
export function batchSums(graph: Graph): Graph {
  const uses = countUses(graph.outputs);
  const inner = innerAdds(graph, uses);
  // Terms of the sums whose only use is in a larger sum, by the value that stands for them.
  const pending = new Map<Value, readonly Value[]>();
  return rewrite(graph, (node, inputs, builder) => {
    if (node.op !== "Add" || !isSum(node)) return undefined;
    const terms = inputs.flatMap((input, i) => (inner.has(node.inputs[i]!) ? pending.get(input)! : [input]));
    if (inner.has(node.outputs[0]!)) {
      const placeholder = builder.node("Add", inputs, node.outputs)[0]!;
      pending.set(placeholder, terms);
      return [placeholder];
    }
    return terms.length > 2 || terms.some(isPad) ? [sumOf(terms, builder)] : undefined;
  });
}

function isSum({ inputs, outputs }: Node): boolean {
  return inputs.every(({ shape }) => sameShape(shape, outputs[0]!.shape));
}

function innerAdds(graph: Graph, uses: Map<Value, number>): Set<Value> {
  const inner = new Set<Value>();
  rewrite(graph, (node) => {
    if (node.op === "Add" && isSum(node)) {
      for (const input of node.inputs) {
        if (input.node?.op === "Add" && isSum(input.node) && uses.get(input) === 1) inner.add(input);
      }
    }
    return node.outputs;
  });
  return inner;
}

const isPad = ({ node }: Value): boolean => node?.op === "Pad";

/** The sum of equally shaped terms, like terms brought together. */
function sumOf(terms: readonly Value[], builder: Builder): Value {
  const rest: Value[] = [];
  const groups = new Map<string, Value[]>();
  for (const term of terms) {
    const kind = kindOf(term);
    if (kind === undefined) rest.push(term);
    else groups.set(kind, [...(groups.get(kind) ?? []), term]);
  }
  for (const group of groups.values()) rest.push(...(group.length === 1 ? group : together(group, builder)));
  return rest.length === 1 ? rest[0]! : builder.op("Sum", rest, rest[0]!.shape);
}

/** Products over more rows than this are efficient as they are; concatenating their operands would cost more than it saves. */
const MOST_ROWS = 256;

/** Terms of one kind can be brought together. */
function kindOf({ node, shape }: Value): string | undefined {
  if (node === undefined) return undefined;
  const large = (node.inputs[0]!.shape[0] ?? 0) > MOST_ROWS;
  if (
    node.op === "Gemm" &&
    node.inputs.length === 2 &&
    flag(node.attributes, "transA") &&
    !flag(node.attributes, "transB")
  ) {
    return large ? "large Gemm" : "Gemm";
  }
  if (
    node.op === "ReduceSum" &&
    node.inputs[0]!.shape.length === 2 &&
    shape.length === 1 &&
    node.inputs[1]!.constant!.join() === "0"
  ) {
    return large ? undefined : "ReduceSum";
  }
  const axis = node.op === "Pad" ? padAxis(node) : undefined;
  return axis === undefined ? undefined : `Pad${axis}`;
}

function flag(attributes: Attributes, name: string): boolean {
  const attribute = attributes[name];
  return attribute !== undefined && "int" in attribute && attribute.int === 1;
}

function together(group: readonly Value[], builder: Builder): Value[] {
  const node = group[0]!.node!;
  const operand = (i: number): Value =>
    concat(
      builder,
      group.map((term) => term.node!.inputs[i]!),
      0,
    );
  if (kindOf(group[0]!) === "large Gemm") {
    const [first, ...others] = group;
    return [
      others.reduce(
        (sum, { node, shape }) => builder.op("Gemm", [...node!.inputs, sum], shape, node!.attributes),
        first!,
      ),
    ];
  }
  if (node.op === "Gemm") return [builder.op("Gemm", [operand(0), operand(1)], group[0]!.shape, node.attributes)];
  if (node.op === "ReduceSum") {
    return [builder.op("ReduceSum", [operand(0), node.inputs[1]!], group[0]!.shape, node.attributes)];
  }
  return placed(group, padAxis(node)!, builder);
}

/** The only axis along which a Pad adds zeros. */
function padAxis(node: Node): number | undefined {
  const pads = Array.from(node.inputs[1]!.constant as BigInt64Array, Number);
  const rank = pads.length / 2;
  const axes = Array.from({ length: rank }, (_, axis) => axis).filter(
    (axis) => pads[axis] !== 0 || pads[axis + rank] !== 0,
  );
  return axes.length === 1 ? axes[0] : undefined;
}

/** Padded terms as a concatenation; terms for the same place are added first, gaps are zeros. */
function placed(group: readonly Value[], axis: number, builder: Builder): Value[] {
  const at = new Map<number, Value[]>();
  for (const { node } of group) {
    const begin = Number((node!.inputs[1]!.constant as BigInt64Array)[axis]);
    at.set(begin, [...(at.get(begin) ?? []), node!.inputs[0]!]);
  }
  const parts: Value[] = [];
  const shape = group[0]!.shape;
  let end = 0;
  const gap = (size: number): Value =>
    builder.filled(
      0,
      shape.map((s, a) => (a === axis ? size : s)),
    );
  for (const begin of [...at.keys()].sort((a, b) => a - b)) {
    const terms = at.get(begin)!;
    if (begin < end || terms.some((term) => !sameShape(term.shape, terms[0]!.shape))) return [...group];
    if (begin > end) parts.push(gap(begin - end));
    parts.push(terms.length === 1 ? terms[0]! : sumOf(terms, builder));
    end = begin + terms[0]!.shape[axis]!;
  }
  if (end < shape[axis]!) parts.push(gap(shape[axis]! - end));
  return [concat(builder, parts, axis)];
}
