import type { StepSchema } from "../../runtime/step.ts";

/** Sizes of a stored row, in numbers. */
export interface RowSizes {
  readonly observation: number;
  readonly action: number;
  /** uint8 tensors kept beside the observation; left out: none. */
  readonly images?: readonly ImageSize[];
  /** Of an agent's recurrent state kept with each row; left out: none is. */
  readonly context?: ContextSize;
}

export interface ImageSize {
  readonly name: string;
  /** As [height, width, channels]. */
  readonly shape: readonly number[];
}

export interface ContextSize {
  readonly deter: number;
  /** Groups of at most 256 classes. */
  readonly groups: number;
}

/** One step as it is remembered. */
export interface Row {
  readonly observation: Float32Array;
  readonly action: Float32Array;
  readonly reward: number;
  readonly isFirst: boolean;
  readonly isTerminal: boolean;
  /** Holds at least the images that are kept, by name. */
  readonly images?: Readonly<Record<string, Float32Array | Uint8Array>>;
}

/**
 * The float32 tensors of the schema make the observation, in its order; with `images`, its uint8 tensors are kept too.
 * Throws when there is no float32 tensor.
 */
export function rowSizes(schema: StepSchema, { images = false } = {}): RowSizes {
  const observation = schema.observation
    .filter((tensor) => tensor.dtype === "float32")
    .reduce((sum, tensor) => sum + pixels(tensor.shape), 0);
  if (observation === 0) throw new Error("replay: expected a float32 tensor in the observation, found none");
  const sizes = { observation, action: schema.action.length };
  if (!images) return sizes;
  const kept = schema.observation.filter((tensor) => tensor.dtype === "uint8");
  return { ...sizes, images: kept.map(({ name, shape }) => ({ name, shape })) };
}

/** Numbers in an image. */
export function pixels(shape: readonly number[]): number {
  return shape.reduce((product, size) => product * size, 1);
}
