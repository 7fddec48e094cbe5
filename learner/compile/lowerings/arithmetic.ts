import * as tf from "@tensorflow/tfjs-core";
import { LayerNorm, Silu } from "../../nn/kernels.ts";
import { type Builder, broadcast, type DType, type Value } from "../graph.ts";
import type { Lowering } from "../lowerings.ts";

/** Kernels that work number by number, matrix products, and the fused kernels of ours. */

const unary =
  (op: string): Lowering =>
  ({ x }, _, builder) =>
    builder.op(op, [x!], x!.shape);

const binary =
  (op: string): Lowering =>
  ({ a, b }, _, builder) =>
    builder.op(op, [a!, b!], broadcast(a!.shape, b!.shape));

const comparison =
  (op: string): Lowering =>
  ({ a, b }, _, builder) =>
    builder.node(op, [a!, b!], [{ shape: broadcast(a!.shape, b!.shape), dtype: "bool" }])[0]!;

/** x with a number that x's shape swallows. */
function withScalar(builder: Builder, op: string, x: Value, number: number, first = false): Value {
  const operands = first ? [builder.scalar(number), x] : [x, builder.scalar(number)];
  return builder.op(op, operands, x.shape);
}

function cast(builder: Builder, x: Value, dtype: DType): Value {
  if (x.dtype === dtype) return x;
  const to = { float32: 1, int32: 6, int64: 7, bool: 9 }[dtype];
  return builder.node("Cast", [x], [{ shape: x.shape, dtype }], { to: { int: to } })[0]!;
}

const matMul: Lowering = ({ a, b }, { transposeA, transposeB }, builder) => {
  const [x, y] = [a!, b!];
  const rank = x.shape.length;
  const rows = x.shape.at(transposeA ? -1 : -2)!;
  const columns = y.shape.at(transposeB ? -2 : -1)!;
  if (rank === 2 && y.shape.length === 2) {
    const attributes = { transA: { int: Number(Boolean(transposeA)) }, transB: { int: Number(Boolean(transposeB)) } };
    return builder.op("Gemm", [x, y], [rows, columns], attributes);
  }
  const batch = broadcast(x.shape.slice(0, -2), y.shape.slice(0, -2));
  const operands = [transposeA ? swapLast(builder, x) : x, transposeB ? swapLast(builder, y) : y];
  return builder.op("MatMul", operands, [...batch, rows, columns]);
};

function swapLast(builder: Builder, x: Value): Value {
  const axes = x.shape.map((_, axis) => axis);
  const perm = [...axes.slice(0, -2), axes.at(-1)!, axes.at(-2)!];
  return builder.op(
    "Transpose",
    [x],
    perm.map((axis) => x.shape[axis]!),
    { perm: { ints: perm } },
  );
}

const layerNorm: Lowering = ({ x, scale, offset }, { eps }, builder) => {
  const moments = { shape: [...x!.shape.slice(0, -1), 1], dtype: "float32" } as const;
  const outputs = [{ shape: x!.shape, dtype: "float32" } as const, moments, moments];
  return builder.node("LayerNormalization", [x!, scale!, offset!], outputs, {
    axis: { int: -1 },
    epsilon: { float: eps as number },
  });
};

export const ARITHMETIC: Readonly<Record<string, Lowering>> = {
  [tf.Add]: binary("Add"),
  [tf.Sub]: binary("Sub"),
  [tf.Multiply]: binary("Mul"),
  [tf.RealDiv]: binary("Div"),
  [tf.Maximum]: binary("Max"),
  [tf.Minimum]: binary("Min"),
  [tf.Pow]: binary("Pow"),
  [tf.SquaredDifference]: ({ a, b }, _, builder) => {
    const difference = builder.op("Sub", [a!, b!], broadcast(a!.shape, b!.shape));
    return builder.op("Mul", [difference, difference], difference.shape);
  },
  [tf.AddN]: (inputs, _, builder) => {
    const terms = Object.values(inputs);
    return terms.length === 1 ? terms[0]! : builder.op("Sum", terms, terms[0]!.shape);
  },
  [tf.Greater]: comparison("Greater"),
  [tf.GreaterEqual]: comparison("GreaterOrEqual"),
  [tf.Less]: comparison("Less"),
  [tf.LessEqual]: comparison("LessOrEqual"),
  [tf.Equal]: comparison("Equal"),
  [tf.LogicalAnd]: comparison("And"),
  [tf.LogicalOr]: comparison("Or"),
  [tf.LogicalNot]: unary("Not"),
  [tf.Abs]: unary("Abs"),
  [tf.Neg]: unary("Neg"),
  [tf.Exp]: unary("Exp"),
  [tf.Log]: unary("Log"),
  [tf.Sqrt]: unary("Sqrt"),
  [tf.Sigmoid]: unary("Sigmoid"),
  [tf.Tanh]: unary("Tanh"),
  [tf.Relu]: unary("Relu"),
  [tf.Softplus]: unary("Softplus"),
  [tf.Sign]: unary("Sign"),
  [tf.Floor]: unary("Floor"),
  [tf.Reciprocal]: unary("Reciprocal"),
  [tf.Square]: ({ x }, _, builder) => builder.op("Mul", [x!, x!], x!.shape),
  [tf.Rsqrt]: ({ x }, _, builder) => builder.op("Reciprocal", [builder.op("Sqrt", [x!], x!.shape)], x!.shape),
  [tf.Log1p]: ({ x }, _, builder) => builder.op("Log", [withScalar(builder, "Add", x!, 1)], x!.shape),
  [tf.Expm1]: ({ x }, _, builder) => withScalar(builder, "Sub", builder.op("Exp", [x!], x!.shape), 1),
  [tf.Step]: ({ x }, { alpha }, builder) => {
    const positive = builder.node("Greater", [x!, builder.scalar(0)], [{ shape: x!.shape, dtype: "bool" }])[0]!;
    const [one, otherwise] = [builder.scalar(1), builder.scalar((alpha as number | undefined) ?? 0)];
    return builder.node("Where", [positive, one, otherwise], [{ shape: x!.shape, dtype: "float32" }])[0]!;
  },
  [tf.ClipByValue]: ({ x }, { clipValueMin, clipValueMax }, builder) =>
    builder.op("Clip", [x!, builder.scalar(clipValueMin as number), builder.scalar(clipValueMax as number)], x!.shape),
  [tf.Select]: ({ condition, t, e }, _, builder) => {
    const shape = broadcast(broadcast(condition!.shape, t!.shape), e!.shape);
    return builder.node("Where", [condition!, t!, e!], [{ shape, dtype: t!.dtype }])[0]!;
  },
  [tf.Cast]: ({ x }, { dtype }, builder) => cast(builder, x!, dtype as DType),
  [tf.Identity]: ({ x }) => x!,
  [tf.BatchMatMul]: matMul,
  [LayerNorm]: layerNorm,
  // Not onnxruntime's own QuickGelu: that hides the sigmoid, which the gradient needs too.
  [Silu]: ({ x }, _, builder) => builder.op("Mul", [x!, builder.op("Sigmoid", [x!], x!.shape)], x!.shape),
};
