import * as tf from "@tensorflow/tfjs-core";

/** `sign(x)·ln(1 + |x|)`: compresses large values, keeps small ones (DreamerV3). Carries no gradient to x's sign. */
export function symlog<T extends tf.Tensor>(x: T): T {
  return tf.mul(tf.sign(x), tf.log1p(tf.abs(x)));
}

/** The inverse of symlog: `sign(x)·(e^|x| − 1)` */
export function symexp<T extends tf.Tensor>(x: T): T {
  const run = tf.customGrad((...args) => {
    const [x] = args as tf.Tensor[];
    const save = args[1] as unknown as tf.GradSaveFunc;
    const grown = tf.exp(tf.abs(x!));
    save([grown]);
    return {
      value: tf.mul(tf.sign(x!), tf.sub(grown, 1)),
      gradFunc: (dy: tf.Tensor, saved: tf.Tensor[]) => tf.mul(dy, saved[0]!),
    };
  });
  return run(x) as T;
}
