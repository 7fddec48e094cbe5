import * as tf from "@tensorflow/tfjs-core";

let declaring = false;

/** Whether a tensor being made right now was declared as a constant. */
export function isDeclaringConstant(): boolean {
  return declaring;
}

/**
 * A tensor of numbers known when the network is written. The compiler keeps it in the graph; any other tensor whose
 * numbers come from JavaScript while it traces is refused, because it would silently freeze (random numbers above all).
 */
export function constant<R extends tf.Rank>(values: Float32Array, shape: tf.ShapeMap[R]): tf.Tensor<R> {
  declaring = true;
  try {
    return tf.tensor(values, shape);
  } finally {
    declaring = false;
  }
}
