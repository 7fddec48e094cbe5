import type * as tf from "@tensorflow/tfjs-core";

/** One array of an agent's state: what a checkpoint stores under `name`. */
export interface StateSpec {
  readonly name: string;
  readonly shape: readonly number[];
}

/** For each of these arrays one of the same shape, its name after `prefix`. */
export function specsUnder(prefix: string, specs: readonly StateSpec[]): StateSpec[] {
  return specs.map(({ name, shape }) => ({ name: `${prefix}${name}`, shape }));
}

/** The arrays that stand under `prefix`, by the names that these have without it. */
export function pick(
  tensors: Readonly<Record<string, tf.Tensor>>,
  prefix: string,
  specs: readonly StateSpec[],
): Record<string, tf.Tensor> {
  return Object.fromEntries(specs.map(({ name }) => [name, tensors[`${prefix}${name}`]!]));
}

/** The same values under `prefix`. */
export function prefixed<T>(prefix: string, values: Readonly<Record<string, T>>): Record<string, T> {
  return Object.fromEntries(Object.entries(values).map(([name, value]) => [`${prefix}${name}`, value]));
}
