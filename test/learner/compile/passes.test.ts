import * as tf from "@tensorflow/tfjs-core";
import { beforeAll, describe, expect, test } from "vitest";
import { type Graph, schedule } from "../../../learner/compile/graph.ts";
import { encodeOnnx } from "../../../learner/compile/onnx.ts";
import { optimise } from "../../../learner/compile/optimise.ts";
import { load } from "../../../learner/compile/program.ts";
import { trace } from "../../../learner/compile/trace.ts";
import { useEager } from "../../../learner/nn/eager.ts";
import { layerNorm, silu } from "../../../learner/nn/kernels.ts";
import { Random } from "../../../runtime/random.ts";
import { draws, fc } from "../../properties.ts";

beforeAll(() => useEager());

const count = (graph: Graph, op: string): number => schedule(graph.outputs).filter((node) => node.op === op).length;

const float = (...shape: number[]): { shape: number[]; dtype: "float32" } => ({ shape, dtype: "float32" });

/** A recurrent network unrolled over `steps`, with the gradients of all its weights. */
function recurrent(steps: number): Promise<Graph> {
  const inputs = { x: float(steps * 3, 4), w: float(4, 5), u: float(5, 5), scale: float(5), offset: float(5) };
  return trace(inputs, ({ x, ...weights }) => {
    const names = Object.keys(weights);
    const { value, grads } = tf.valueAndGrads((...tensors: tf.Tensor[]) => {
      const [w, u, scale, offset] = tensors as [tf.Tensor2D, tf.Tensor2D, tf.Tensor1D, tf.Tensor1D];
      const projected = tf.matMul(x!, w);
      let h: tf.Tensor2D = tf.zeros([3, 5]);
      for (let t = 0; t < steps; t++) {
        h = silu(layerNorm(tf.add(tf.slice(projected, [3 * t, 0], [3, 5]), tf.matMul(h, u)), scale, offset, 1e-3));
      }
      return tf.sum(h);
    })(names.map((name) => weights[name]!));
    return { value, ...Object.fromEntries(names.map((name, i) => [`d${name}`, grads[i]!])) };
  });
}

test("a weight's gradient through time is one product, however long the time", async () => {
  const transposed = (graph: Graph): number =>
    schedule(graph.outputs).filter(
      ({ op, attributes }) =>
        op === "Gemm" && "transA" in attributes && JSON.stringify(attributes.transA) === '{"int":1}',
    ).length;
  const traced = await recurrent(6);
  expect(transposed(traced)).toBeGreaterThanOrEqual(6);
  expect(transposed(optimise(traced))).toBe(2); // dw and du
  expect(count(optimise(traced), "Pad")).toBe(0);
});

test("every step costs the same few nodes", async () => {
  const nodes = async (steps: number): Promise<number> => schedule(optimise(await recurrent(steps)).outputs).length;
  const [four, eight, twelve] = [await nodes(4), await nodes(8), await nodes(12)];
  expect(twelve - eight).toBe(eight - four);
  expect((eight - four) / 4).toBeLessThan(40);
});

async function run(graph: Graph, seed: number): Promise<Record<string, Float32Array>> {
  const random = new Random(seed, "passes");
  const feeds = Object.fromEntries(
    graph.inputs.map(({ input, shape }) => [
      input!,
      Float32Array.from({ length: shape.reduce((a, b) => a * b, 1) }, () => random.normal()),
    ]),
  );
  const program = await load(graph);
  const results = await program.run(feeds);
  await program.close();
  return results;
}

test("an improved graph computes what the traced one did", async () => {
  await fc.assert(
    fc.asyncProperty(fc.integer({ min: 1, max: 7 }), fc.integer(), async (steps, seed) => {
      const traced = await recurrent(steps);
      const [before, after] = [await run(traced, seed), await run(optimise(traced), seed)];
      for (const [name, numbers] of Object.entries(before)) {
        numbers.forEach((x, i) => {
          expect(Math.abs(after[name]![i]! - x), name).toBeLessThan(1e-4 * (1 + Math.abs(x)));
        });
      }
    }),
    { numRuns: draws(10) },
  );
});

describe("what folds away", () => {
  const remains = async (program: (x: tf.Tensor2D) => tf.Tensor): Promise<string[]> => {
    const graph = optimise(await trace({ x: float(4, 6) }, ({ x }) => ({ y: program(x as tf.Tensor2D) })));
    return schedule(graph.outputs).map(({ op }) => op);
  };

  test.each<[string, (x: tf.Tensor2D) => tf.Tensor, string[]]>([
    ["adding 0", (x) => tf.add(x, tf.zerosLike(x)), []],
    ["multiplying by 1", (x) => tf.mul(tf.mul(x, 1), tf.ones([4, 1])), []],
    ["dividing by 1", (x) => tf.div(x, 1), []],
    ["two scalings", (x) => tf.mul(tf.mul(x, 2), 3), ["Mul"]],
    ["twice negated", (x) => tf.neg(tf.neg(x)), []],
    ["a product with 0", (x) => tf.add(tf.matMul(x, tf.zeros([6, 6])), x), []],
    ["a chain of reshapes", (x) => tf.reshape(tf.reshape(tf.reshape(x, [24]), [2, 12]), [4, 6]), []],
    ["a copy spread for an addition", (x) => tf.add(x, tf.tile(tf.sum(x, 1, true), [1, 6])), ["ReduceSum", "Add"]],
    ["a slice of a slice", (x) => tf.slice(tf.slice(x, [0, 1], [4, 4]), [0, 1], [4, 2]), ["Slice"]],
    [
      "a slice that takes a part of a concatenation back",
      (x) => tf.slice(tf.concat([x, tf.neg(x)], 1), [0, 6], [4, 6]),
      ["Neg"],
    ],
    ["slices put together again", (x) => tf.concat([tf.slice(x, [0, 0], [1, 6]), tf.slice(x, [1, 0], [3, 6])], 0), []],
    ["the same work done twice", (x) => tf.add(tf.exp(x), tf.exp(x)), ["Exp", "Add"]],
    [
      "work that nobody takes",
      (x) => {
        tf.exp(x);
        return tf.neg(x);
      },
      ["Neg"],
    ],
  ])("%s", async (_, program, expected) => {
    expect(await remains(program)).toEqual(expected);
  });

  test("a bias and a residual ride along in the product", async () => {
    expect(await remains((x) => tf.add(tf.matMul(x, tf.transpose(x)), tf.ones([4])))).toEqual(["Transpose", "Gemm"]);
  });
});

test("a model is the same bytes each time, and says who made it", async () => {
  const bytes = async (): Promise<Buffer> => Buffer.from(encodeOnnx(optimise(await recurrent(3)), { robot: "a1" }));
  const [one, two] = [await bytes(), await bytes()];
  expect(one.equals(two)).toBe(true);
  expect(one.subarray(0, 11).toString("hex")).toBe("080812077265766572 6965".replace(" ", "")); // IR version 8, "reverie"
  expect(one.includes("robot")).toBe(true);
});
