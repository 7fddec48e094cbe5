import type { ValueSpec } from "./graph.ts";

/** An input of a program whose numbers are float32. */
export interface Float32Spec extends ValueSpec {
  readonly dtype: "float32";
}

/** Inputs of these shapes, by name and in that order. */
export function float32Inputs(shapes: Readonly<Record<string, readonly number[]>>): Record<string, Float32Spec> {
  return Object.fromEntries(Object.entries(shapes).map(([name, shape]) => [name, { shape, dtype: "float32" }]));
}
