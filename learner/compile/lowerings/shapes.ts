import * as tf from "@tensorflow/tfjs-core";
import { type Builder, type DType, type Numbers, sizeOf, type Value } from "../graph.ts";
import type { Lowering } from "../lowerings.ts";

/** Kernels that move numbers without changing them. */

export function reshape(builder: Builder, x: Value, shape: readonly number[]): Value {
  return builder.op("Reshape", [x, builder.integers(shape)], shape);
}

export function slice(builder: Builder, x: Value, begin: readonly number[], size: readonly number[]): Value {
  const axes = x.shape.map((_, axis) => axis).filter((axis) => begin[axis] !== 0 || size[axis] !== x.shape[axis]);
  if (axes.length === 0) return x;
  const starts = axes.map((axis) => begin[axis]!);
  const ends = axes.map((axis) => begin[axis]! + size[axis]!);
  return builder.op("Slice", [x, ...[starts, ends, axes].map((list) => builder.integers(list))], size);
}

export function concat(builder: Builder, parts: readonly Value[], axis: number): Value {
  if (parts.length === 1) return parts[0]!;
  const shape = parts[0]!.shape.map((size, a) =>
    a === axis ? parts.reduce((sum, part) => sum + part.shape[a]!, 0) : size,
  );
  return builder.op("Concat", parts, shape, { axis: { int: axis } });
}

function filled(builder: Builder, x: number, shape: readonly number[], dtype: DType): Value {
  const size = sizeOf(shape);
  const numbers: Numbers =
    dtype === "float32"
      ? new Float32Array(size).fill(x)
      : dtype === "int32"
        ? new Int32Array(size).fill(x)
        : new Uint8Array(size).fill(x);
  return builder.constant(numbers, shape, dtype);
}

const positive = (axis: unknown, rank: number): number => (Number(axis) < 0 ? Number(axis) + rank : Number(axis));

const splitV: Lowering = ({ x }, { numOrSizeSplits, axis }, builder) => {
  const along = positive(axis, x!.shape.length);
  const total = x!.shape[along]!;
  const sizes = Array.isArray(numOrSizeSplits)
    ? (numOrSizeSplits as number[]).map((size, _, all) =>
        size >= 0 ? size : total - all.reduce((s, n) => s + Math.max(n, 0), 0),
      )
    : new Array<number>(numOrSizeSplits as number).fill(total / (numOrSizeSplits as number));
  let at = 0;
  return sizes.map((size) => {
    const begin = x!.shape.map((_, a) => (a === along ? at : 0));
    at += size;
    return slice(
      builder,
      x!,
      begin,
      x!.shape.map((s, a) => (a === along ? size : s)),
    );
  });
};

const pad: Lowering = ({ x }, { paddings, constantValue }, builder) => {
  const pairs = paddings as readonly (readonly [number, number])[];
  const pads = [...pairs.map(([before]) => before), ...pairs.map(([, after]) => after)];
  const shape = x!.shape.map((size, axis) => size + pairs[axis]![0] + pairs[axis]![1]);
  return builder.op(
    "Pad",
    [x!, builder.integers(pads), builder.scalar((constantValue as number | undefined) ?? 0)],
    shape,
  );
};

export const SHAPES: Readonly<Record<string, Lowering>> = {
  [tf.Reshape]: ({ x }, { shape }, builder) =>
    reshape(builder, x!, tf.util.inferFromImplicitShape(shape as number[], sizeOf(x!.shape))),
  [tf.ExpandDims]: ({ input }, { dim }, builder) => {
    const shape = [...input!.shape];
    shape.splice(positive(dim, shape.length + 1), 0, 1);
    return reshape(builder, input!, shape);
  },
  [tf.Transpose]: ({ x }, { perm }, builder) =>
    builder.op(
      "Transpose",
      [x!],
      (perm as number[]).map((axis) => x!.shape[axis]!),
      { perm: { ints: perm as number[] } },
    ),
  [tf.Concat]: (inputs, { axis }, builder) => {
    const parts = Object.values(inputs);
    return concat(builder, parts, positive(axis, parts[0]!.shape.length));
  },
  [tf.Pack]: (inputs, { axis }, builder) => {
    const parts = Object.values(inputs);
    const along = positive(axis, parts[0]!.shape.length + 1);
    const shape = parts[0]!.shape.toSpliced(along, 0, 1);
    return concat(
      builder,
      parts.map((part) => reshape(builder, part, shape)),
      along,
    );
  },
  [tf.Unpack]: ({ value }, { axis }, builder) => {
    const along = positive(axis, value!.shape.length);
    return Array.from({ length: value!.shape[along]! }, (_, i) => {
      const begin = value!.shape.map((_, a) => (a === along ? i : 0));
      const part = slice(
        builder,
        value!,
        begin,
        value!.shape.map((s, a) => (a === along ? 1 : s)),
      );
      return reshape(builder, part, value!.shape.toSpliced(along, 1));
    });
  },
  [tf.Slice]: ({ x }, { begin, size }, builder) => {
    const info = { shape: [...x!.shape] } as tf.TensorInfo;
    const [starts, sizes] = tf.slice_util.parseSliceParams(info as tf.Tensor, begin as number[], size as number[]);
    return slice(builder, x!, starts!, sizes!);
  },
  [tf.SplitV]: splitV,
  [tf.PadV2]: pad,
  [tf.Tile]: ({ x }, { reps }, builder) =>
    builder.op(
      "Tile",
      [x!, builder.integers(reps as number[])],
      x!.shape.map((size, axis) => size * (reps as number[])[axis]!),
    ),
  [tf.BroadcastTo]: ({ x }, { shape }, builder) =>
    builder.op("Expand", [x!, builder.integers(shape as number[])], shape as number[]),
  [tf.Reverse]: ({ x }, { dims }, builder) => {
    const axes = [dims].flat().map((axis) => positive(axis, x!.shape.length));
    const [starts, ends, steps] = [axes.map(() => -1), axes.map((axis) => -x!.shape[axis]! - 1), axes.map(() => -1)];
    return builder.op("Slice", [x!, ...[starts, ends, axes, steps].map((list) => builder.integers(list))], x!.shape);
  },
  [tf.GatherV2]: ({ x, indices }, { axis }, builder) => {
    const along = positive(axis, x!.shape.length);
    const shape = [...x!.shape.slice(0, along), ...indices!.shape, ...x!.shape.slice(along + 1)];
    return builder.op("Gather", [x!, indices!], shape, { axis: { int: along } });
  },
  [tf.Fill]: (_, { shape, value, dtype }, builder) =>
    filled(builder, value as number, shape as number[], (dtype as DType | undefined) ?? "float32"),
  [tf.ZerosLike]: ({ x }, _, builder) => filled(builder, 0, x!.shape, x!.dtype),
  [tf.OnesLike]: ({ x }, _, builder) => filled(builder, 1, x!.shape, x!.dtype),
};
