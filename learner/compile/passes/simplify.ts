import { type Builder, broadcast, type Graph, type Node, rewrite, sameShape, sizeOf, type Value } from "../graph.ts";
import { concat, reshape, slice } from "../lowerings/shapes.ts";

/** Rules that take a node away: arithmetic with 0 and 1, constants, copies that undo or repeat each other. */
export function simplify(graph: Graph): Graph {
  return rewrite(graph, (node, inputs, builder) => {
    const rule = RULES[node.op];
    const simpler = rule?.(node, inputs, builder);
    return simpler === undefined ? undefined : [simpler];
  });
}

type Rule = (node: Node, inputs: readonly Value[], builder: Builder) => Value | undefined;

/** The one number a constant is filled with, if it is. */
function uniform({ constant, dtype }: Value): number | undefined {
  if (constant === undefined || dtype !== "float32") return undefined;
  const first = Number(constant[0]);
  return (constant as Float32Array).every((x) => x === first) ? first : undefined;
}

function shapeOf(node: Node): readonly number[] {
  return node.outputs[0]!.shape;
}

/** `x` in place of a result, when x already has its shape. */
function passes(x: Value, shape: readonly number[]): Value | undefined {
  return sameShape(x.shape, shape) ? x : undefined;
}

/** What a constant-filled result is. */
const fold: Readonly<Record<string, (a: number, b: number) => number>> = {
  Add: (a, b) => a + b,
  Sub: (a, b) => a - b,
  Mul: (a, b) => a * b,
  Div: (a, b) => a / b,
  Max: Math.max,
  Min: Math.min,
};

/** Operands of a number-by-number node without the copies that only spread them out, and constants as scalars. */
function trimmed(node: Node, inputs: readonly Value[], builder: Builder): readonly Value[] {
  return inputs.map((input, i) => {
    const other = inputs[1 - i]!;
    const fits = (shape: readonly number[]): boolean => sameShape(broadcast(shape, other.shape), shapeOf(node));
    const x = uniform(input);
    if (x !== undefined && input.shape.length > 0 && fits([])) return builder.scalar(x);
    const source = input.node?.inputs[0];
    const spreads = input.node?.op === "Tile" || input.node?.op === "Expand";
    if (!spreads || source === undefined) return input;
    const onlyOnes = source.shape.every((size, axis) => size === 1 || size === input.shape[axis]);
    return onlyOnes && fits(source.shape) ? source : input;
  });
}

const elementwise: Rule = (node, inputs, builder) => {
  const [a, b] = trimmed(node, inputs, builder) as [Value, Value];
  const shape = shapeOf(node);
  const [x, y] = [uniform(a), uniform(b)];
  if (x !== undefined && y !== undefined) return builder.filled(Math.fround(fold[node.op]!(x, y)), shape);
  const identity = neutral(node.op, a, b, x, y, shape, builder);
  if (identity !== undefined) return identity;
  if (a !== inputs[0] || b !== inputs[1]) return builder.op(node.op, [a, b], shape);
  return undefined;
};

function neutral(
  op: string,
  a: Value,
  b: Value,
  x: number | undefined,
  y: number | undefined,
  shape: readonly number[],
  builder: Builder,
): Value | undefined {
  if (op === "Add" && x === 0) return passes(b, shape);
  if ((op === "Add" || op === "Sub") && y === 0) return passes(a, shape);
  if (op === "Sub" && x === 0) return builder.op("Neg", [b], shape);
  if (op === "Mul" && (x === 0 || y === 0)) return builder.filled(0, shape);
  if (op === "Mul" && x === 1) return passes(b, shape);
  if ((op === "Mul" || op === "Div") && y === 1) return passes(a, shape);
  if (op === "Div" && x === 0) return builder.filled(0, shape);
  if (op === "Mul" && x !== undefined) return scaled(b, x, shape, builder);
  if (op === "Mul" && y !== undefined) return scaled(a, y, shape, builder);
  return undefined;
}

/** (x·c)·d → x·(c·d), and x·(−1) → −x. */
function scaled(x: Value, by: number, shape: readonly number[], builder: Builder): Value | undefined {
  if (x.node?.op === "Mul") {
    const [a, b] = x.node.inputs as [Value, Value];
    const [left, right] = [uniform(a), uniform(b)];
    const [inner, number] = left !== undefined ? [b, left] : [a, right];
    if (number !== undefined && sameShape(inner.shape, shape)) {
      return builder.op("Mul", [inner, builder.scalar(Math.fround(number * by))], shape);
    }
  }
  return by === -1 && sameShape(x.shape, shape) ? builder.op("Neg", [x], shape) : undefined;
}

const RULES: Readonly<Record<string, Rule>> = {
  Add: elementwise,
  Sub: elementwise,
  Mul: elementwise,
  Div: elementwise,
  Max: elementwise,
  Min: elementwise,
  Neg: (_, [x]) => (x!.node?.op === "Neg" ? x!.node.inputs[0]! : undefined),
  Reshape: (node, [x], builder) => {
    const shape = shapeOf(node);
    if (sameShape(x!.shape, shape)) return x!;
    const number = uniform(x!);
    if (number !== undefined) return builder.filled(number, shape);
    return x!.node?.op === "Reshape" ? reshape(builder, x!.node.inputs[0]!, shape) : undefined;
  },
  Tile: (node, [x]) => passes(x!, shapeOf(node)),
  Expand: (node, [x]) => passes(x!, shapeOf(node)),
  Gemm: (node, inputs, builder) =>
    inputs.slice(0, 2).some((x) => uniform(x) === 0) && inputs.length === 2
      ? builder.filled(0, shapeOf(node))
      : undefined,
  ReduceSum: (node, [x], builder) => {
    const number = uniform(x!);
    const count = sizeOf(x!.shape) / sizeOf(shapeOf(node));
    return number === undefined ? undefined : builder.filled(Math.fround(number * count), shapeOf(node));
  },
  Slice: simplifySlice,
  Concat: simplifyConcat,
};

/** [begin, end) of a Slice with step 1 along its only axis. */
function range({ node }: Value): { source: Value; axis: number; begin: number; end: number } | undefined {
  if (node?.op !== "Slice" || node.inputs.length !== 4) return undefined;
  const [source, starts, ends, axes] = node.inputs as [Value, Value, Value, Value];
  if (axes.constant!.length !== 1) return undefined;
  return {
    source,
    axis: Number(axes.constant![0]),
    begin: Number(starts.constant![0]),
    end: Number(ends.constant![0]),
  };
}

/** A slice of a constant, of a slice along the same axis, or of exactly some parts of a concatenation. */
function simplifySlice(node: Node, inputs: readonly Value[], builder: Builder): Value | undefined {
  const shape = shapeOf(node);
  const number = uniform(inputs[0]!);
  if (number !== undefined) return builder.filled(number, shape);
  const here = range({ ...node.outputs[0]!, node: { ...node, inputs } });
  const source = inputs[0]!;
  if (here === undefined) return undefined;
  const { axis, begin, end } = here;
  const outer = range(source);
  if (outer?.axis === axis) {
    const starts = shape.map((_, a) => (a === axis ? begin + outer.begin : 0));
    return slice(builder, outer.source, starts, shape);
  }
  if (source.node?.op !== "Concat" || concatAxis(source.node) !== axis) return undefined;
  let at = 0;
  const covered: Value[] = [];
  for (const part of source.node.inputs) {
    const next = at + part.shape[axis]!;
    if (at >= begin && next <= end) covered.push(part);
    else if (next > begin && at < end) return undefined;
    at = next;
  }
  return covered.length > 0 ? concat(builder, covered, axis) : undefined;
}

function concatAxis(node: Node): number {
  const { axis } = node.attributes;
  return axis !== undefined && "int" in axis ? axis.int : 0;
}

/** Neighbouring slices of one tensor, put together again. */
function simplifyConcat(node: Node, inputs: readonly Value[], builder: Builder): Value | undefined {
  const axis = concatAxis(node);
  const merged: Value[] = [];
  for (const part of inputs) {
    const last = merged.at(-1);
    const [left, right] = [last === undefined ? undefined : range(last), range(part)];
    if (
      left !== undefined &&
      right !== undefined &&
      left.source === right.source &&
      left.axis === axis &&
      right.axis === axis &&
      left.end === right.begin
    ) {
      const shape = part.shape.map((size, a) => (a === axis ? right.end - left.begin : size));
      merged[merged.length - 1] = slice(
        builder,
        left.source,
        shape.map((_, a) => (a === axis ? left.begin : 0)),
        shape,
      );
    } else merged.push(part);
  }
  return merged.length < inputs.length ? concat(builder, merged, axis) : undefined;
}
