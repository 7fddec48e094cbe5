/** Images of steps: they travel beside the rows, each by itself, so that a full disk can give them up and keep the rows. */
import type { Step, StepSchema } from "../step.ts";
import type { TensorSpec } from "../task.ts";
import { headerMisfit } from "./image-header.ts";

/** How an image's bytes are to be read. "raw": the tensor's numbers, row by row; the others as files of that kind. */
export const IMAGE_ENCODINGS = ["raw", "png", "jpeg"] as const;
export type ImageEncoding = (typeof IMAGE_ENCODINGS)[number];

export interface StepImage {
  /** Of its tensor. */
  readonly name: string;
  readonly encoding: ImageEncoding;
  readonly data: Uint8Array;
  /** How long before its step it was captured, ns; absent: not known. */
  readonly ageNs?: number;
}

/** An image on the wire: of which step and tensor, and how long before it, ns, where that is known; its bytes are the next frame. */
export type WireImage = readonly [sequence: number, name: string, encoding: ImageEncoding, ageNs?: number];

/** Steps in a row whose images were given up: they never come. */
export type GoneImages = readonly [first: number, count: number];

/** What a robot said of its rows' images: nothing of it is believed. */
export interface SaidImages {
  readonly images: unknown;
  readonly imagesGone: unknown;
  readonly frames: readonly Uint8Array[];
}

export function imageTensors(schema: StepSchema): readonly TensorSpec[] {
  return schema.observation.filter(({ dtype }) => dtype === "uint8");
}

export function imageBytes({ shape }: TensorSpec): number {
  return shape.reduce((a, b) => a * b, 1);
}

/** `captured`: when, by name, ns on the steps' clock, where that is known. Throws when a tensor has not the size or type the schema says. */
export function imagesOf(
  schema: StepSchema,
  { sequence, timeNs, observation }: Step,
  captured: Readonly<Record<string, { readonly timeNs: bigint; readonly sequence: number }>> = {},
): StepImage[] {
  return imageTensors(schema).map((tensor) => {
    const data = observation[tensor.name];
    if (!(data instanceof Uint8Array) || data.length !== imageBytes(tensor)) {
      const found = ArrayBuffer.isView(data) ? `${data.length} of ${data.constructor.name}` : String(data);
      throw new Error(`step ${sequence}: expected ${tensor.name} as ${imageBytes(tensor)} uint8, found ${found}`);
    }
    const frame = captured[tensor.name];
    const age = frame === undefined || frame.sequence === 0 ? {} : { ageNs: Number(timeNs - frame.timeNs) };
    return { name: tensor.name, encoding: "raw", data, ...age };
  });
}

/**
 * What a robot said of its rows' images, by step; undefined for a step whose images were given up. Throws unless every one
 * of `count` steps from `first` on has each of its images once, of the right size, or is said to have none.
 */
export function stepImages(
  schema: StepSchema,
  first: number,
  count: number,
  said: SaidImages,
): (readonly StepImage[] | undefined)[] {
  const tensors = imageTensors(schema);
  const images = list(said.images, "images");
  if (images.length !== said.frames.length) {
    throw new Error(`images: expected as many as frames, ${said.frames.length}, found ${images.length}`);
  }
  const found = Array.from({ length: count }, () => new Map<string, StepImage>());
  for (const [i, image] of images.entries()) {
    const [sequence, name, encoding, ageNs] = Array.isArray(image) ? image : [];
    const tensor = tensors.find((each) => each.name === name);
    const step = found[sequence - first];
    if (step === undefined || tensor === undefined || !IMAGE_ENCODINGS.includes(encoding) || step.has(name)) {
      throw new Error(`images: expected one of each of these steps' tensors, found ${JSON.stringify(image)}`);
    }
    const data = said.frames[i]!;
    const why = misfitImage(tensor, encoding, data);
    if (why !== undefined) throw new Error(`step ${sequence}: expected ${name} ${why}`);
    if (ageNs !== undefined && !Number.isSafeInteger(ageNs)) {
      throw new Error(`step ${sequence}: expected ${name} with its age in whole ns, found ${JSON.stringify(ageNs)}`);
    }
    step.set(name, { name, encoding, data, ...(ageNs === undefined ? {} : { ageNs }) });
  }
  const gone = goneSteps(said.imagesGone, first, count);
  return found.map((step, i) => {
    if (gone.has(first + i)) return undefined;
    if (step.size < tensors.length) {
      const missing = tensors.find(({ name }) => !step.has(name))!;
      throw new Error(`step ${first + i}: expected an image ${missing.name}, found none`);
    }
    return tensors.map(({ name }) => step.get(name)!);
  });
}

/** Encoded images are smaller than raw ones, or they would be raw: so nobody sends more than a schema lets expect. */
function misfitImage(tensor: TensorSpec, encoding: ImageEncoding, data: Uint8Array): string | undefined {
  const bytes = imageBytes(tensor);
  if (encoding === "raw") return data.length === bytes ? undefined : `as ${bytes} bytes, found ${data.length}`;
  if (data.length >= bytes) return `as a ${encoding} of fewer than ${bytes} bytes, found ${data.length}`;
  return headerMisfit(tensor, encoding, data);
}

function goneSteps(value: unknown, first: number, count: number): ReadonlySet<number> {
  const gone = new Set<number>();
  for (const run of list(value, "imagesGone")) {
    const [from, steps] = Array.isArray(run) ? run : [];
    const fits = Number.isSafeInteger(from) && Number.isSafeInteger(steps) && from >= first && steps > 0;
    if (!fits || from + steps > first + count) {
      throw new Error(`imagesGone: expected runs of these steps, found ${JSON.stringify(run)}`);
    }
    for (let step = from; step < from + steps; step++) gone.add(step);
  }
  return gone;
}

function list(value: unknown, name: string): readonly unknown[] {
  if (value === undefined || value === null) return [];
  if (!Array.isArray(value)) throw new Error(`${name}: expected a list, found ${JSON.stringify(value)}`);
  return value;
}
