import * as tf from "@tensorflow/tfjs-core";
import type { Builder, Value } from "../graph.ts";
import type { Lowering } from "../lowerings.ts";

/** Kernels that bring axes together or work along one. */

/** The axes a tfjs attribute means: all when there is none. */
function axesOf(x: Value, axis: unknown): number[] {
  if (axis === undefined || axis === null) return x.shape.map((_, i) => i);
  const axes = [axis].flat().map((a) => (Number(a) < 0 ? Number(a) + x.shape.length : Number(a)));
  return axes.length > 0 ? axes : x.shape.map((_, i) => i);
}

function reducedShape(x: Value, axes: readonly number[], keepDims: boolean): number[] {
  return x.shape.flatMap((size, axis) => (!axes.includes(axis) ? [size] : keepDims ? [1] : []));
}

/** ReduceSum takes its axes as an input, the others as an attribute (opset 17). */
const reduction =
  (op: string): Lowering =>
  ({ x }, { axis, reductionIndices, keepDims }, builder) => {
    const axes = axesOf(x!, axis ?? reductionIndices);
    if (axes.length === 0) return x!;
    const shape = reducedShape(x!, axes, Boolean(keepDims));
    const keepdims = { int: Number(Boolean(keepDims)) };
    if (op === "ReduceSum") return builder.op(op, [x!, builder.integers(axes)], shape, { keepdims });
    return builder.op(op, [x!], shape, { axes: { ints: axes }, keepdims });
  };

const alongLast =
  (op: string): Lowering =>
  ({ logits }, _, builder) =>
    builder.op(op, [logits!], logits!.shape, { axis: { int: -1 } });

function indices(builder: Builder, places: Value): Value {
  return builder.node("Cast", [places], [{ shape: places.shape, dtype: "int32" }], { to: { int: 6 } })[0]!;
}

export const REDUCTIONS: Readonly<Record<string, Lowering>> = {
  [tf.Sum]: reduction("ReduceSum"),
  [tf.Mean]: reduction("ReduceMean"),
  [tf.Max]: reduction("ReduceMax"),
  [tf.Min]: reduction("ReduceMin"),
  [tf.Prod]: reduction("ReduceProd"),
  [tf.Softmax]: alongLast("Softmax"),
  [tf.LogSoftmax]: alongLast("LogSoftmax"),
  [tf.Cumsum]: ({ x }, { axis, exclusive, reverse }, builder) =>
    builder.op("CumSum", [x!, builder.constant(BigInt64Array.of(BigInt(axis as number)), [], "int64")], x!.shape, {
      exclusive: { int: Number(Boolean(exclusive)) },
      reverse: { int: Number(Boolean(reverse)) },
    }),
  [tf.ArgMax]: ({ x }, { axis }, builder) => {
    const shape = reducedShape(x!, axesOf(x!, axis), false);
    const attributes = { axis: { int: axis as number }, keepdims: { int: 0 } };
    return indices(builder, builder.node("ArgMax", [x!], [{ shape, dtype: "int64" }], attributes)[0]!);
  },
  [tf.TopK]: ({ x }, { k, sorted }, builder) => {
    const shape = [...x!.shape.slice(0, -1), k as number];
    const specs = [{ shape, dtype: x!.dtype }, { shape, dtype: "int64" } as const];
    const attributes = { sorted: { int: Number(Boolean(sorted)) } };
    const [values, places] = builder.node("TopK", [x!, builder.integers([k as number])], specs, attributes);
    return [values!, indices(builder, places!)];
  },
};
