import * as tf from "@tensorflow/tfjs-core";
import { layerNorm, silu } from "./kernels.ts";
import { type Parameters, weight } from "./parameters.ts";

/** `x·w + b`: [R, in] → [R, out] */
export function linear(parameters: Parameters, name: string, x: tf.Tensor2D): tf.Tensor2D {
  return tf.add(tf.matMul(x, weight(parameters, `${name}/kernel`)), weight(parameters, `${name}/bias`));
}

/** `LayerNorm(projected)` with the scale and offset of `name`. */
export function norm(parameters: Parameters, name: string, projected: tf.Tensor2D, eps: number): tf.Tensor2D {
  return layerNorm(projected, weight(parameters, `${name}/scale`), weight(parameters, `${name}/offset`), eps);
}

/** `SiLU(LayerNorm(x·w))`: [R, in] → [R, out] */
export function normedLinear(parameters: Parameters, name: string, x: tf.Tensor2D, eps: number): tf.Tensor2D {
  return silu(norm(parameters, name, tf.matMul(x, weight(parameters, `${name}/kernel`)), eps));
}

/** The normed layers "name/0" … in order: [R, in] → [R, units] */
export function mlp(parameters: Parameters, name: string, layers: number, x: tf.Tensor2D, eps: number): tf.Tensor2D {
  let y = x;
  for (let i = 0; i < layers; i++) y = normedLinear(parameters, `${name}/${i}`, y, eps);
  return y;
}
