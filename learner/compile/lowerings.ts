import type { Builder, Value } from "./graph.ts";
import { ARITHMETIC } from "./lowerings/arithmetic.ts";
import { REDUCTIONS } from "./lowerings/reductions.ts";
import { SHAPES } from "./lowerings/shapes.ts";

/** One tfjs kernel as ONNX nodes. Inputs and attributes are named as tfjs names them. */
export type Lowering = (
  inputs: Readonly<Record<string, Value>>,
  attributes: Readonly<Record<string, unknown>>,
  builder: Builder,
) => Value | readonly Value[];

/** Every kernel that can be compiled, by its tfjs name. */
export const LOWERINGS: Readonly<Record<string, Lowering>> = { ...ARITHMETIC, ...REDUCTIONS, ...SHAPES };
