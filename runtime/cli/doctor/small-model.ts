import { Builder } from "../../../learner/compile/graph.ts";
import { encodeOnnx } from "../../../learner/compile/onnx.ts";

/** ONNX of y = x + x with x [3] float32: enough to see whether a provider runs anything at all. */
export function smallModel(): Uint8Array {
  const builder = new Builder();
  const x = builder.input("x", { shape: [3], dtype: "float32" });
  return encodeOnnx({ builder, inputs: [x], outputs: { y: builder.op("Add", [x, x], [3]) } });
}
