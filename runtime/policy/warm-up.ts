import { SESSION_OPTIONS } from "./graph.ts";
import { loadOnnxruntime } from "./onnxruntime.ts";

/** The smallest ONNX model: y = Identity(x), one float32 each. */
const IDENTITY = "CAg6NwoQCgF4EgF5IghJZGVudGl0eRIBZ1oPCgF4EgoKCAgBEgQKAggBYg8KAXkSCgoICAESBAoCCAFCBAoAEBE=";

/**
 * Loads onnxruntime and lets it make its first session, which takes some hundred milliseconds on a small computer and would
 * keep answers back when the first policy comes; the sessions after it take a few. Resolves to `x` that went through it.
 */
export async function warmUp(x = 1): Promise<number> {
  const { InferenceSession, Tensor } = await loadOnnxruntime();
  const session = await InferenceSession.create(Buffer.from(IDENTITY, "base64"), SESSION_OPTIONS);
  const { y } = await session.run({ x: new Tensor("float32", Float32Array.of(x), [1]) });
  await session.release();
  return (y!.data as Float32Array)[0]!;
}
