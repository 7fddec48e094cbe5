import * as tf from "@tensorflow/tfjs-core";
import type { Parameters } from "./parameters.ts";

/**
 * The value of `loss` and its gradient by the named weights. Tensors that `loss` keeps with `tf.keep` outlive it.
 * A weight the loss does not depend on has no gradient, which is an error that names it.
 */
export function gradientsOf(
  names: readonly string[],
  weights: Parameters,
  loss: () => tf.Scalar,
): { value: tf.Scalar; gradients: Parameters } {
  const { value, grads } = tf.engine().gradients(
    loss,
    names.map((name) => weights[name]!),
    undefined,
    true,
  ) as { value: tf.Scalar; grads: (tf.Tensor | undefined)[] };
  const missing = names.find((_, i) => grads[i] === undefined || grads[i] === null);
  if (missing !== undefined) throw new Error(`gradient: the loss does not depend on "${missing}"`);
  return { value, gradients: Object.fromEntries(names.map((name, i) => [name, grads[i]!])) };
}
