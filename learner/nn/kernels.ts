import * as tf from "@tensorflow/tfjs-core";

/**
 * Two kernels of our own, because they are most of the elementwise work of an agent and their gradients can be much
 * cheaper than those of their parts: LayerNorm over the last axis and SiLU. On an eager backend they are made of that
 * backend's own operations, as is LogSoftmax, which tfjs declares but not every backend has.
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

/** Gives an eager backend ("cpu", "tensorflow", …) these kernels, and tfjs their gradients; safe to call again. */
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
  if (tf.getKernel(tf.LogSoftmax, backendName) === undefined) {
    tf.registerKernel({
      kernelName: tf.LogSoftmax,
      backendName,
      kernelFunc: ({ inputs }) => {
        const logits = inputs.logits as unknown as tf.Tensor;
        const shifted = tf.sub(logits, tf.max(logits, -1, true));
        return tf.sub(shifted, tf.log(tf.sum(tf.exp(shifted), -1, true)));
      },
    });
  }
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
      const rows = dy.shape[0]!;
      const row = (v: tf.Tensor): tf.Tensor2D => tf.reshape(v, [1, rows]);
      const along = tf.mul(dy, x);
      return {
        // dx = (dy·scale − level − normed·slope) / std, level and slope being row means of dy·scale and dy·scale·normed;
        // as normed is (x − mean) / std it is gathered into a row-wise multiple of dy·scale, one of x, and a shift.
        x: () => {
          const [size] = scale.shape as [number];
          const mixing = tf.reshape(tf.mul(scale, 1 / size), [size, 1]);
          const level = tf.matMul(dy, mixing);
          const slope = tf.mul(tf.sub(tf.matMul(along, mixing), tf.mul(mean, level)), inverseStd);
          const ofX = tf.mul(tf.mul(slope, inverseStd), inverseStd);
          const shift = tf.sub(tf.mul(ofX, mean), tf.mul(level, inverseStd));
          const ofDy = tf.mul(tf.mul(dy, scale), inverseStd);
          return tf.add(tf.sub(ofDy, tf.mul(x, ofX)), shift);
        },
        scale: () => {
          const products = tf.sub(tf.matMul(row(inverseStd), along), tf.matMul(row(tf.mul(mean, inverseStd)), dy));
          return tf.reshape(products, scale.shape);
        },
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
          const gate = tf.sigmoid(x); // d(x·s)/dx = s + x·s·(1 − s) = s·(1 + x − y)
          return tf.mul(dy as tf.Tensor, tf.mul(gate, tf.add(tf.sub(x, y), 1)));
        },
      };
    },
  });
}
