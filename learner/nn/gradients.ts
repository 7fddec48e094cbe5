import * as tf from "@tensorflow/tfjs-core";

/**
 * Gradients of the tfjs kernels that networks here are made of. `@tensorflow/tfjs-core` alone brings none under Node;
 * where another tfjs package has registered its own, that one stays.
 */

type Attributes = Record<string, unknown>;
type Gradient = (dy: tf.Tensor, saved: tf.Tensor[], attributes: Attributes) => Record<string, () => tf.Tensor>;

function register(kernelName: string, inputsToSave: string[], gradient: Gradient, outputsToSave: boolean[] = []): void {
  if (tf.getGradient(kernelName) !== undefined) return;
  tf.registerGradient({
    kernelName,
    inputsToSave,
    outputsToSave,
    gradFunc: (dy, saved, attributes) => gradient(dy as tf.Tensor, saved, attributes as Attributes),
  });
}

/** Sums `dy` over the axes along which a value of `shape` was broadcast. */
function sumTo(dy: tf.Tensor, shape: readonly number[]): tf.Tensor {
  const lead = dy.rank - shape.length;
  const axes = dy.shape
    .map((_, axis) => axis)
    .filter((axis) => axis < lead || (shape[axis - lead] === 1 && dy.shape[axis] !== 1));
  const summed = axes.length > 0 ? tf.sum(dy, axes) : dy;
  return sameShape(summed.shape, shape) ? summed : tf.reshape(summed, [...shape]);
}

function sameShape(a: readonly number[], b: readonly number[]): boolean {
  return a.length === b.length && a.every((size, axis) => size === b[axis]);
}

/** The reduced axes of a kernel, kept as 1, so that its result broadcasts against its input again. */
function keepDims(shape: readonly number[], axis: unknown): number[] {
  const axes = axis === undefined || axis === null ? shape.map((_, i) => i) : [axis].flat().map(Number);
  const reduced = new Set(axes.map((a) => (a < 0 ? a + shape.length : a)));
  return shape.map((size, i) => (reduced.has(i) ? 1 : size));
}

/** Registers every gradient once; safe to call again. */
export function registerGradients(): void {
  registerArithmetic();
  registerUnary();
  registerReductions();
  registerShapes();
}

function registerArithmetic(): void {
  register(tf.Add, ["a", "b"], (dy, [a, b]) => ({ a: () => sumTo(dy, a!.shape), b: () => sumTo(dy, b!.shape) }));
  register(tf.Sub, ["a", "b"], (dy, [a, b]) => ({
    a: () => sumTo(dy, a!.shape),
    b: () => sumTo(tf.neg(dy), b!.shape),
  }));
  register(tf.Multiply, ["a", "b"], (dy, [a, b]) => ({
    a: () => sumTo(tf.mul(dy, b!), a!.shape),
    b: () => sumTo(tf.mul(dy, a!), b!.shape),
  }));
  register(tf.RealDiv, ["a", "b"], (dy, [a, b]) => ({
    a: () => sumTo(tf.div(dy, b!), a!.shape),
    b: () => sumTo(tf.neg(tf.div(tf.mul(dy, a!), tf.square(b!))), b!.shape),
  }));
  register(tf.Maximum, ["a", "b"], (dy, [a, b]) => ({
    a: () => sumTo(tf.mul(dy, tf.cast(tf.greaterEqual(a!, b!), "float32")), a!.shape),
    b: () => sumTo(tf.mul(dy, tf.cast(tf.less(a!, b!), "float32")), b!.shape),
  }));
  register(tf.Minimum, ["a", "b"], (dy, [a, b]) => ({
    a: () => sumTo(tf.mul(dy, tf.cast(tf.lessEqual(a!, b!), "float32")), a!.shape),
    b: () => sumTo(tf.mul(dy, tf.cast(tf.greater(a!, b!), "float32")), b!.shape),
  }));
  register(tf.BatchMatMul, ["a", "b"], (dy, [a, b], { transposeA, transposeB }) => {
    if (transposeA) {
      return {
        a: () => tf.matMul(b!, dy, Boolean(transposeB), true),
        b: () => (transposeB ? tf.matMul(dy, a!, true, true) : tf.matMul(a!, dy)),
      };
    }
    return {
      a: () => tf.matMul(dy, b!, false, !transposeB),
      b: () => (transposeB ? tf.matMul(dy, a!, true) : tf.matMul(a!, dy, true)),
    };
  });
  register(tf.Select, ["condition"], (dy, [condition]) => ({
    condition: () => tf.zerosLike(condition!),
    t: () => tf.mul(dy, tf.cast(condition!, "float32")),
    e: () => tf.mul(dy, tf.cast(tf.logicalNot(condition!), "float32")),
  }));
}

function registerUnary(): void {
  register(tf.Neg, [], (dy) => ({ x: () => tf.neg(dy) }));
  register(tf.Abs, ["x"], (dy, [x]) => ({ x: () => tf.mul(dy, tf.sign(x!)) }));
  register(tf.Exp, [], (dy, [y]) => ({ x: () => tf.mul(dy, y!) }), [true]);
  register(tf.Log, ["x"], (dy, [x]) => ({ x: () => tf.div(dy, x!) }));
  register(tf.Log1p, ["x"], (dy, [x]) => ({ x: () => tf.div(dy, tf.add(x!, 1)) }));
  register(tf.Sqrt, [], (dy, [y]) => ({ x: () => tf.div(dy, tf.mul(y!, 2)) }), [true]);
  register(tf.Square, ["x"], (dy, [x]) => ({ x: () => tf.mul(dy, tf.mul(x!, 2)) }));
  register(tf.Tanh, [], (dy, [y]) => ({ x: () => tf.mul(dy, tf.sub(1, tf.square(y!))) }), [true]);
  register(tf.Sigmoid, [], (dy, [y]) => ({ x: () => tf.mul(dy, tf.sub(y!, tf.square(y!))) }), [true]);
  register(tf.Relu, [], (dy, [y]) => ({ x: () => tf.mul(dy, tf.step(y!)) }), [true]);
  register(tf.Softplus, ["x"], (dy, [x]) => ({ x: () => tf.mul(dy, tf.sigmoid(x!)) }));
  register(
    tf.Softmax,
    [],
    (dy, [y]) => ({
      logits: () => {
        const weighted = tf.mul(dy, y!);
        return tf.sub(weighted, tf.mul(tf.sum(weighted, -1, true), y!));
      },
    }),
    [true],
  );
  register(
    tf.LogSoftmax,
    [],
    (dy, [y]) => ({
      logits: () => tf.sub(dy, tf.mul(tf.sum(dy, -1, true), tf.exp(y!))),
    }),
    [true],
  );
  register(tf.Sign, ["x"], (_, [x]) => ({ x: () => tf.zerosLike(x!) }));
  register(tf.Cast, [], (dy) => ({ x: () => dy }));
  register(tf.Identity, [], (dy) => ({ x: () => dy }));
}

function registerReductions(): void {
  register(tf.Sum, ["x"], (dy, [x], { axis }) => ({
    x: () => tf.broadcastTo(tf.reshape(dy, keepDims(x!.shape, axis)), x!.shape),
  }));
  register(tf.Mean, ["x"], (dy, [x], { axis }) => ({
    x: () => {
      const kept = keepDims(x!.shape, axis);
      const count = x!.size / kept.reduce((product, size) => product * size, 1);
      return tf.broadcastTo(tf.reshape(tf.mul(dy, 1 / count), kept), x!.shape);
    },
  }));
  register(tf.BroadcastTo, ["x"], (dy, [x]) => ({ x: () => sumTo(dy, x!.shape) }));
}

function registerShapes(): void {
  register(tf.Reshape, ["x"], (dy, [x]) => ({ x: () => tf.reshape(dy, x!.shape) }));
  register(tf.ExpandDims, ["input"], (dy, [x]) => ({ input: () => tf.reshape(dy, x!.shape) }));
  register(tf.Transpose, [], (dy, _, { perm }) => ({
    x: () => {
      const inverse: number[] = [];
      for (const [to, from] of (perm as number[]).entries()) inverse[from] = to;
      return tf.transpose(dy, inverse);
    },
  }));
  register(tf.Slice, ["x"], (dy, [x], { begin }) => ({
    x: () => {
      const starts = [begin as number | number[]].flat();
      return tf.pad(
        dy,
        x!.shape.map((size, axis): [number, number] => {
          const start = starts[axis] ?? 0;
          return [start, size - start - dy.shape[axis]!];
        }),
      );
    },
  }));
  register(tf.PadV2, ["x"], (dy, [x], { paddings }) => ({
    x: () =>
      tf.slice(
        dy,
        (paddings as [number, number][]).map(([before]) => before),
        x!.shape,
      ),
  }));
  registerConcat();
}

function registerConcat(): void {
  if (tf.getGradient(tf.Concat) !== undefined) return;
  tf.registerGradient({
    kernelName: tf.Concat,
    saveAllInputs: true,
    gradFunc: (dy, saved, attributes) => {
      const rank = saved[0]!.rank;
      const axis = (((attributes as Attributes).axis as number) + rank) % rank;
      let at = 0;
      return Object.fromEntries(
        saved.map((x, i) => {
          const begin = x.shape.map((_, a) => (a === axis ? at : 0));
          at += x.shape[axis]!;
          return [i, () => tf.slice(dy as tf.Tensor, begin, x.shape)];
        }),
      );
    },
  });
}
