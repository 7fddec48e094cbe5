import * as tf from "@tensorflow/tfjs-core";

/**
 * Two kernels of our own, because they are most of the elementwise work of an agent and the compiler has one node for
 * each: LayerNorm over the last axis and SiLU. On an eager backend they are made of that backend's own operations.
 */
export const LayerNorm = "ReverieLayerNorm";
export const Silu = "ReverieSilu";

export interface LayerNormInputs {
  readonly x: tf.Tensor;
  readonly scale: tf.Tensor;
  readonly offset: tf.Tensor;
}

/** `(x − mean) / √(var + eps) · scale + offset` over the last axis. [R, N], [N], [N] → [R, N] */
export function layerNorm(x: tf.Tensor2D, scale: tf.Tensor1D, offset: tf.Tensor1D, eps: number): tf.Tensor2D {
  const inputs = { x, scale, offset } as unknown as tf.NamedTensorMap;
  const [y] = tf.engine().runKernel(LayerNorm, inputs, { eps }) as unknown as tf.Tensor2D[];
  return y!;
}

/** `x · sigmoid(x)` */
export function silu<T extends tf.Tensor>(x: T): T {
  return tf.engine().runKernel(Silu, { x } as unknown as tf.NamedTensorMap) as unknown as T;
}

/** Gives an eager backend ("cpu", "tensorflow", …) both kernels, and tfjs their gradients; safe to call again. */
export function registerKernels(backendName: string): void {
  registerKernelGradients();
  if (tf.getKernel(LayerNorm, backendName) !== undefined) return;
  tf.registerKernel({
    kernelName: LayerNorm,
    backendName,
    kernelFunc: ({ inputs, attrs }) => {
      const { x, scale, offset } = inputs as unknown as LayerNormInputs;
      const mean = tf.mean(x, -1, true);
      const centred = tf.sub(x, mean);
      const variance = tf.mean(tf.square(centred), -1, true);
      const inverseStd = tf.div(1, tf.sqrt(tf.add(variance, (attrs as { eps: number }).eps)));
      return [tf.add(tf.mul(tf.mul(centred, inverseStd), scale), offset), mean, inverseStd];
    },
  });
  tf.registerKernel({
    kernelName: Silu,
    backendName,
    kernelFunc: ({ inputs }) => {
      const x = inputs.x as unknown as tf.Tensor;
      return tf.mul(x, tf.sigmoid(x));
    },
  });
}

/** Gradients of both kernels; the outputs mean and inverse deviation of LayerNorm carry none. */
export function registerKernelGradients(): void {
  if (tf.getGradient(LayerNorm) !== undefined) return;
  tf.registerGradient({
    kernelName: LayerNorm,
    inputsToSave: ["x", "scale"],
    outputsToSave: [false, true, true],
    gradFunc: (dys, saved) => {
      const dy = (dys as unknown as tf.Tensor[])[0]!;
      const [x, scale, mean, inverseStd] = saved as [tf.Tensor, tf.Tensor, tf.Tensor, tf.Tensor];
      const normed = tf.mul(tf.sub(x, mean), inverseStd) as tf.Tensor2D;
      const along = tf.mul(dy, normed) as tf.Tensor2D;
      return {
        x: () => {
          // Row means of dy·scale and of dy·scale·normed, as products with scale / N.
          const [size] = scale.shape as [number];
          const mixing = tf.reshape(tf.mul(scale, 1 / size), [size, 1]) as tf.Tensor2D;
          const level = tf.matMul(dy as tf.Tensor2D, mixing);
          const slope = tf.matMul(along, mixing);
          const centred = tf.sub(tf.sub(tf.mul(dy, scale), level), tf.mul(normed, slope));
          return tf.mul(centred, inverseStd);
        },
        scale: () => tf.sum(along, 0),
        offset: () => tf.sum(dy, 0),
      };
    },
  });
  tf.registerGradient({
    kernelName: Silu,
    inputsToSave: ["x"],
    outputsToSave: [true],
    gradFunc: (dy, saved) => {
      const [x, y] = saved as [tf.Tensor, tf.Tensor];
      return {
        x: () => {
          const gate = tf.sigmoid(x); // d(x·s)/dx = s + x·s·(1 − s) = s + y − y·s
          return tf.mul(dy as tf.Tensor, tf.add(gate, tf.sub(y, tf.mul(y, gate))));
        },
      };
    },
  });
}
