import type { Tensor } from "@tensorflow/tfjs-core";
import type { Random } from "../../runtime/random.ts";

/** Networks are functions; their weights are named tensors beside them: "rssm/gru/kernel". */
export type Parameters = Readonly<Record<string, Tensor>>;

/** A weight before it has numbers. */
export interface ParameterSpec {
  readonly name: string;
  readonly shape: readonly number[];
  readonly init: "zeros" | "ones" | { readonly scale: number };
}

/** A Linear without bias, LayerNorm and an activation: kernels are [in, out]. */
export function normedLinearSpecs(name: string, inSize: number, outSize: number): ParameterSpec[] {
  return [
    { name: `${name}/kernel`, shape: [inSize, outSize], init: { scale: 1 } },
    { name: `${name}/scale`, shape: [outSize], init: "ones" },
    { name: `${name}/offset`, shape: [outSize], init: "zeros" },
  ];
}

/** A Linear with bias. `scale` 0 starts it at zero. */
export function linearSpecs(name: string, inSize: number, outSize: number, scale = 1): ParameterSpec[] {
  return [
    { name: `${name}/kernel`, shape: [inSize, outSize], init: { scale } },
    { name: `${name}/bias`, shape: [outSize], init: "zeros" },
  ];
}

/** `layers` normed layers, named "name/0", "name/1", …; outputs are declared beside them. */
export function mlpSpecs(name: string, layers: number, inSize: number, units: number): ParameterSpec[] {
  return Array.from({ length: layers }, (_, i) =>
    normedLinearSpecs(`${name}/${i}`, i === 0 ? inSize : units, units),
  ).flat();
}

/** Numbers of a fresh weight: normal cut at ±2σ, σ = √(scale / mean of fan in and out) / 0.8796 (DreamerV3). */
export function initialValues(spec: ParameterSpec, random: Random): Float32Array {
  const values = new Float32Array(spec.shape.reduce((product, size) => product * size, 1));
  if (spec.init === "zeros") return values;
  if (spec.init === "ones") return values.fill(1);
  const [fanIn = 1, fanOut = 1] = spec.shape;
  const std = Math.sqrt(spec.init.scale / ((fanIn + fanOut) / 2)) / 0.8796256610342398;
  return values.map(() => {
    let draw = random.normal();
    while (Math.abs(draw) > 2) draw = random.normal();
    return draw * std;
  });
}

/** The weight of that name; asking for one that does not exist is a mistake in the network. */
export function weight<T extends Tensor>(parameters: Parameters, name: string): T {
  const tensor = parameters[name];
  if (tensor === undefined) throw new Error(`parameters: no "${name}"`);
  return tensor as T;
}
