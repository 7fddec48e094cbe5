import { readFileSync } from "node:fs";
import { resolve } from "node:path";
import { expect, test } from "vitest";
import { Builder, type Graph } from "../../../learner/compile/graph.ts";
import { encodeOnnx } from "../../../learner/compile/onnx.ts";
import { load } from "../../../learner/compile/program.ts";

const GOLDEN = resolve(import.meta.dirname, "../../golden/reference.onnx");

/** One of every kind of thing that a model is written with. */
function everyKind(): Graph {
  const b = new Builder();
  const float32 = (shape: readonly number[]) => ({ shape, dtype: "float32" as const });
  const x = b.input("x", float32([2, 3]));
  const w = b.constant(Float32Array.of(1, -2, 0.5, 3, 0, -0), [2, 3], "float32");
  const gemm = b.op("Gemm", [x, w], [2, 2], { transB: { int: 1 }, alpha: { float: 0.25 } });
  const turned = b.op("Transpose", [gemm], [2, 2], { perm: { ints: [1, 0] } });
  const flat = b.op("Reshape", [turned, b.integers([4])], [4]);
  const mask = b.constant(Uint8Array.of(1, 0, 0, 1), [4], "bool");
  const [chosen] = b.node("Where", [mask, flat, b.scalar(-1)], [float32([4])]);
  const counts = b.constant(Int32Array.of(7, -7), [2], "int32");
  const [numbers] = b.node("Cast", [counts], [float32([2])], { to: { int: 1 } });
  return { builder: b, inputs: [x], outputs: { chosen: chosen!, numbers: numbers! } };
}

test("a model is the bytes that onnx's own checker found right", () => {
  const bytes = encodeOnnx(everyKind(), { robot: "arm", note: "ä" });
  expect(Buffer.from(bytes).equals(readFileSync(GOLDEN))).toBe(true);
});

test("those bytes say what the graph does", async () => {
  const program = await load(everyKind());
  const { chosen, numbers } = await program.run({ x: Float32Array.of(1, 2, 3, 4, 5, 6) });
  // 0.25 · x · wᵀ = [[-0.375, 0.75], [-0.75, 3]], turned: -0.375, -0.75, 0.75, 3
  expect([...chosen!]).toEqual([-0.375, -1, -1, 3]);
  expect([...numbers!]).toEqual([7, -7]);
});
