import * as tf from "@tensorflow/tfjs-core";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { LOWERINGS } from "../../../learner/compile/lowerings.ts";
import { compile } from "../../../learner/compile/program.ts";
import { constant } from "../../../learner/nn/constant.ts";
import { useEager } from "../../../learner/nn/eager.ts";
import { layerNorm, silu } from "../../../learner/nn/kernels.ts";
import { Random } from "../../../runtime/random.ts";
import { draws, fc } from "../../properties.ts";

beforeAll(() => useEager());
afterAll(() => tf.setBackend("cpu"));

type Shape = readonly number[];
/** A function of tensors, for operands of one shape family. */
interface Case {
  /** tfjs kernels this must exercise. */
  readonly kernels: readonly string[];
  readonly shapes: fc.Arbitrary<readonly Shape[]>;
  readonly run: (...operands: tf.Tensor[]) => tf.Tensor | tf.Tensor[];
  /** Operands are drawn from [low, high]. */
  readonly low?: number;
  readonly high?: number;
}

const size = fc.integer({ min: 1, max: 5 });
const anyShape = fc.array(size, { minLength: 1, maxLength: 3 });
const one = anyShape.map((shape) => [shape]);
const matrix = fc.tuple(size, size).map(([r, c]) => [[r, c]]);
/** Two shapes that broadcast: the second is a suffix of the first with some axes 1. */
const pair = fc
  .tuple(anyShape, fc.nat(), fc.array(fc.boolean(), { minLength: 3, maxLength: 3 }))
  .map(([shape, drop, ones]) => {
    const other = shape.slice(drop % shape.length).map((s, i) => (ones[i] ? 1 : s));
    return [shape, other];
  });
const same = fc.tuple(anyShape).map(([shape]) => [shape, shape]);

const unary = (kernel: string, run: (x: tf.Tensor) => tf.Tensor, low = -2, high = 2): Case => ({
  kernels: [kernel],
  shapes: one,
  run: (x) => run(x!),
  low,
  high,
});
const binary = (kernel: string, run: (a: tf.Tensor, b: tf.Tensor) => tf.Tensor, low = -2, high = 2): Case => ({
  kernels: [kernel],
  shapes: pair,
  run: (a, b) => run(a!, b!),
  low,
  high,
});
const asFloat = (x: tf.Tensor): tf.Tensor => tf.cast(x, "float32");
const halfway = (x: tf.Tensor): number => Math.floor(x.shape.at(-1)! / 2);

const CASES: Readonly<Record<string, Case>> = {
  add: binary(tf.Add, tf.add),
  sub: binary(tf.Sub, tf.sub),
  mul: binary(tf.Multiply, tf.mul),
  div: binary(tf.RealDiv, tf.div, 0.5, 2),
  maximum: binary(tf.Maximum, tf.maximum),
  minimum: binary(tf.Minimum, tf.minimum),
  pow: binary(tf.Pow, tf.pow, 0.5, 2),
  squaredDifference: binary(tf.SquaredDifference, tf.squaredDifference),
  addN: { kernels: [tf.AddN], shapes: same, run: (a, b) => tf.addN([a!, b!]) },
  greater: binary(tf.Greater, (a, b) => asFloat(tf.greater(a, b))),
  greaterEqual: binary(tf.GreaterEqual, (a, b) => asFloat(tf.greaterEqual(a, b))),
  less: binary(tf.Less, (a, b) => asFloat(tf.less(a, b))),
  lessEqual: binary(tf.LessEqual, (a, b) => asFloat(tf.lessEqual(a, b))),
  equal: binary(tf.Equal, (a, b) => asFloat(tf.equal(tf.sign(a), tf.sign(b)))),
  logicalAnd: binary(tf.LogicalAnd, (a, b) => asFloat(tf.logicalAnd(tf.greater(a, 0), tf.less(b, 1)))),
  logicalOr: binary(tf.LogicalOr, (a, b) => asFloat(tf.logicalOr(tf.greater(a, 0), tf.less(b, 1)))),
  logicalNot: unary(tf.LogicalNot, (x) => asFloat(tf.logicalNot(tf.greater(x, 0)))),
  abs: unary(tf.Abs, tf.abs),
  neg: unary(tf.Neg, tf.neg),
  exp: unary(tf.Exp, tf.exp),
  log: unary(tf.Log, tf.log, 0.1, 3),
  sqrt: unary(tf.Sqrt, tf.sqrt, 0.1, 3),
  sigmoid: unary(tf.Sigmoid, tf.sigmoid),
  tanh: unary(tf.Tanh, tf.tanh),
  relu: unary(tf.Relu, tf.relu),
  softplus: unary(tf.Softplus, tf.softplus),
  sign: unary(tf.Sign, tf.sign),
  floor: unary(tf.Floor, tf.floor),
  reciprocal: unary(tf.Reciprocal, tf.reciprocal, 0.5, 2),
  square: unary(tf.Square, tf.square),
  rsqrt: unary(tf.Rsqrt, tf.rsqrt, 0.5, 2),
  log1p: unary(tf.Log1p, tf.log1p, 0, 3),
  expm1: unary(tf.Expm1, tf.expm1),
  step: unary(tf.Step, (x) => tf.step(x, 0.3)),
  clipByValue: unary(tf.ClipByValue, (x) => tf.clipByValue(x, -0.5, 0.7)),
  select: { kernels: [tf.Select], shapes: same, run: (a, b) => tf.where(tf.greater(a!, 0), a!, b!) },
  cast: unary(tf.Cast, (x) => asFloat(tf.cast(tf.mul(x, 3), "int32"))),
  identity: unary(tf.Identity, (x) => tf.add(tf.clone(x), 0)),
  matMul: {
    kernels: [tf.BatchMatMul],
    shapes: fc.tuple(size, size, size).map(([m, k, n]) => [
      [m, k],
      [k, n],
      [n, k],
    ]),
    run: (a, b, c) => [
      tf.matMul(a!, b!),
      tf.matMul(a!, c!, false, true),
      tf.matMul(b!, a!, true, true),
      tf.matMul(a!, tf.matMul(a!, b!), true),
    ],
  },
  batchMatMul: {
    kernels: [tf.BatchMatMul],
    shapes: fc.tuple(size, size, size, size).map(([batch, m, k, n]) => [
      [batch, m, k],
      [batch, k, n],
      [batch, n, k],
    ]),
    run: (a, b, c) => [tf.matMul(a!, b!), tf.matMul(a!, c!, false, true), tf.matMul(b!, a!, true, true)],
  },
  layerNorm: {
    kernels: ["ReverieLayerNorm"],
    shapes: fc.tuple(size, fc.integer({ min: 2, max: 9 })).map(([r, n]) => [[r, n], [n], [n]]),
    run: (x, scale, offset) => layerNorm(x as tf.Tensor2D, scale as tf.Tensor1D, offset as tf.Tensor1D, 1e-3),
  },
  silu: unary("ReverieSilu", silu),
  sum: { kernels: [tf.Sum], shapes: one, run: (x) => [tf.sum(x!), tf.sum(x!, 0), tf.sum(x!, -1, true)] },
  mean: { kernels: [tf.Mean], shapes: one, run: (x) => [tf.mean(x!), tf.mean(x!, 0), tf.mean(x!, -1, true)] },
  max: { kernels: [tf.Max], shapes: one, run: (x) => [tf.max(x!), tf.max(x!, -1, true)] },
  min: { kernels: [tf.Min], shapes: one, run: (x) => [tf.min(x!), tf.min(x!, 0)] },
  prod: { kernels: [tf.Prod], shapes: one, run: (x) => tf.prod(x!, -1) },
  softmax: unary(tf.Softmax, (x) => tf.softmax(x)),
  logSoftmax: unary(tf.LogSoftmax, (x) => tf.logSoftmax(x)),
  cumsum: {
    kernels: [tf.Cumsum],
    shapes: one,
    run: (x) => [tf.cumsum(x!, 0), tf.cumsum(x!, x!.rank - 1, true), tf.cumsum(x!, 0, false, true)],
  },
  argMax: { kernels: [tf.ArgMax], shapes: one, run: (x) => asFloat(tf.argMax(x!, -1)) },
  topk: {
    kernels: [tf.TopK],
    shapes: one,
    run: (x) => {
      const { values, indices } = tf.topk(x!, x!.shape.at(-1)!);
      return [values, asFloat(indices)];
    },
  },
  reshape: { kernels: [tf.Reshape], shapes: one, run: (x) => [tf.reshape(x!, [x!.size]), tf.reshape(x!, [-1, 1])] },
  expandDims: { kernels: [tf.ExpandDims], shapes: one, run: (x) => [tf.expandDims(x!, 0), tf.expandDims(x!, -1)] },
  transpose: { kernels: [tf.Transpose], shapes: one, run: (x) => tf.transpose(x!) },
  concat: { kernels: [tf.Concat], shapes: same, run: (a, b) => [tf.concat([a!, b!], 0), tf.concat([b!, a!], -1)] },
  stack: { kernels: [tf.Pack], shapes: same, run: (a, b) => [tf.stack([a!, b!]), tf.stack([a!, b!], -1)] },
  unstack: { kernels: [tf.Unpack], shapes: one, run: (x) => [...tf.unstack(x!, 0), ...tf.unstack(x!, -1)] },
  slice: {
    kernels: [tf.Slice],
    shapes: matrix,
    run: (x) => [tf.slice(x!, [0, halfway(x!)]), tf.slice(x!, [x!.shape[0]! - 1, 0], [1, 1])],
  },
  split: {
    kernels: [tf.SplitV],
    shapes: matrix,
    run: (x) => [...tf.split(x!, x!.shape[1]!, 1), ...tf.split(x!, [1, x!.shape[0]! - 1], 0).slice(0, 1)],
  },
  pad: {
    kernels: [tf.PadV2],
    shapes: matrix,
    run: (x) => [
      tf.pad(x!, [
        [1, 0],
        [2, 1],
      ]),
      tf.pad(
        x!,
        [
          [0, 1],
          [0, 0],
        ],
        0.5,
      ),
    ],
  },
  tile: { kernels: [tf.Tile], shapes: matrix, run: (x) => tf.tile(x!, [2, 3]) },
  broadcastTo: { kernels: [], shapes: matrix, run: (x) => tf.broadcastTo(tf.slice(x!, [0, 0], [1, 1]), x!.shape) },
  reverse: { kernels: [tf.Reverse], shapes: one, run: (x) => tf.reverse(x!, -1) },
  gather: { kernels: [tf.GatherV2], shapes: matrix, run: (x) => tf.gather(x!, tf.cast(tf.zeros([2]), "int32"), 1) },
  fill: unary(tf.Fill, (x) => tf.mul(tf.fill(x.shape, 0.25), x)),
  zerosLike: unary(tf.ZerosLike, (x) => tf.add(tf.zerosLike(x), x)),
  onesLike: unary(tf.OnesLike, (x) => tf.add(tf.onesLike(x), x)),
};

/** Kernels no tfjs operation reaches any more; the lowering serves older callers. */
const UNREACHED = new Set<string>([tf.BroadcastTo]);

test("every lowering has a case below", () => {
  const covered = new Set(Object.values(CASES).flatMap(({ kernels }) => kernels));
  expect(Object.keys(LOWERINGS).filter((kernel) => !covered.has(kernel) && !UNREACHED.has(kernel))).toEqual([]);
});

describe.each(Object.entries(CASES))("%s", (_, { shapes, run, low = -2, high = 2 }) => {
  test("compiled equals eager, over random shapes", async () => {
    await fc.assert(
      fc.asyncProperty(shapes, fc.integer(), async (operands, seed) => {
        const random = new Random(seed, "operands");
        const feeds = Object.fromEntries(
          operands.map((shape, i) => {
            const count = shape.reduce((product, s) => product * s, 1);
            return [`x${i}`, Float32Array.from({ length: count }, () => low + (high - low) * random.uniform())];
          }),
        );
        const inputs = Object.fromEntries(operands.map((shape, i) => [`x${i}`, { shape, dtype: "float32" as const }]));
        const named = (tensors: Readonly<Record<string, tf.Tensor>>): Record<string, tf.Tensor> => {
          const results = [run(...operands.map((_, i) => tensors[`x${i}`]!))].flat();
          return Object.fromEntries(results.map((result, i) => [`y${i}`, result]));
        };
        const program = await compile(inputs, named);
        const compiled = await program.run(feeds);
        await program.close();
        const eager = named(
          Object.fromEntries(operands.map((shape, i) => [`x${i}`, tf.tensor(feeds[`x${i}`]!, [...shape])])),
        );
        for (const [name, tensor] of Object.entries(eager)) {
          const shape = program.graph.outputs[name]!.shape;
          expect(shape).toEqual(tensor.shape);
          const expected = tensor.dataSync();
          expected.forEach((value, i) => {
            expect(Math.abs(compiled[name]![i]! - value), `${name}[${i}] of [${shape}]`).toBeLessThan(
              1e-5 * (1 + Math.abs(value)),
            );
          });
        }
      }),
      { numRuns: draws(8) },
    );
  });
});

describe("what cannot be compiled is refused", () => {
  const inputs = { x: { shape: [2, 2], dtype: "float32" as const } };
  const refuses = async (run: (x: tf.Tensor) => tf.Tensor, message: RegExp): Promise<void> => {
    await expect(compile(inputs, ({ x }) => ({ y: run(x!) }))).rejects.toThrow(message);
  };

  test("an operation without a lowering, with its name and the line", () =>
    refuses((x) => tf.erf(x), /the operation Erf has no lowering \(.*lowerings\.test\.ts:\d+/));
  test("numbers drawn while tracing", () =>
    refuses((x) => tf.add(x, tf.randomUniform([2, 2])), /randomUniform draws numbers.*lowerings\.test\.ts:\d+/));
  test("even a single drawn number", () =>
    refuses((x) => tf.mul(x, tf.randomNormal([1])), /randomNormal draws numbers.*lowerings\.test\.ts:\d+/));
  test("numbers made in JavaScript", () =>
    refuses(
      (x) =>
        tf.add(
          x,
          tf.tensor2d([
            [1, 2],
            [3, 4],
          ]),
        ),
      /shape \[2,2\] was made from JavaScript.*lowerings\.test\.ts:\d+/,
    ));
  test("a sequence made in JavaScript", () =>
    refuses((x) => tf.add(x, tf.range(0, 2)), /Range|shape \[2\] was made from JavaScript/));
  test("reading a tensor", () =>
    refuses((x) => tf.mul(x, x.dataSync()[0]!), /numbers were read.*lowerings\.test\.ts:\d+/));
  test("a tensor of another backend", async () => {
    const outside = tf.ones([2, 2]);
    await refuses((x) => tf.add(x, outside), /made before tracing began/);
  });
  test("but not numbers declared as constant", async () => {
    const program = await compile(inputs, ({ x }) => ({
      y: tf.add(x!, constant(Float32Array.of(1, 2, 3, 4), [2, 2])),
    }));
    expect([...(await program.run({ x: new Float32Array(4) })).y!]).toEqual([1, 2, 3, 4]);
    await program.close();
  });
});
