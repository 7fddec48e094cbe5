import * as tf from "@tensorflow/tfjs-core";

/**
 * The gates of DreamerV3's GRU over one normed projection of [h, x] split as reset, candidate, update:
 * `c = tanh(σ(r)·c)`, `u = σ(u − 1)`, `h' = h + u·(c − h)`. The −1 keeps most of h at first. [R, 3·D], [R, D] → [R, D]
 */
export function gruGates(gates: tf.Tensor2D, h: tf.Tensor2D): tf.Tensor2D {
  const size = h.shape[1];
  const rows = h.shape[0];
  const part = (i: number): tf.Tensor2D => tf.slice(gates, [0, i * size], [rows, size]);
  const run = tf.customGrad((...args) => {
    const [r, c, u, previous] = args as tf.Tensor[];
    const save = args[4] as unknown as tf.GradSaveFunc;
    const reset = tf.sigmoid(r!);
    const candidate = tf.tanh(tf.mul(reset, c!));
    const update = tf.sigmoid(tf.sub(u!, 1));
    const change = tf.sub(candidate, previous!);
    save([reset, c!, candidate, update, change]);
    return {
      value: tf.add(previous!, tf.mul(update, change)),
      gradFunc: (dy: tf.Tensor, saved: tf.Tensor[]) => {
        const [reset, c, candidate, update, change] = saved as [tf.Tensor, tf.Tensor, tf.Tensor, tf.Tensor, tf.Tensor];
        const dCandidate = tf.mul(dy, update);
        const dInner = tf.mul(dCandidate, tf.sub(1, tf.square(candidate)));
        const dC = tf.mul(dInner, reset);
        return [
          tf.mul(tf.mul(dC, c), tf.sub(1, reset)),
          dC,
          tf.mul(tf.mul(tf.mul(dy, change), update), tf.sub(1, update)),
          tf.sub(dy, dCandidate),
        ];
      },
    };
  });
  return run(part(0), part(1), part(2), h) as tf.Tensor2D;
}
