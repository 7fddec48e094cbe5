import type { GoneImages, WireImage } from "../wire/images.ts";
import type { Rows, Spool } from "./spool.ts";

/** Rows of one message, with what the robot saw. */
export interface Batch extends Rows {
  readonly images: readonly WireImage[];
  readonly imagesGone: readonly GoneImages[];
  /** Of `images`, in turn. */
  readonly frames: readonly Uint8Array[];
}

export interface BatchLimits {
  readonly rows: number;
  /** A message is full when its images have so many. */
  readonly imageBytes: number;
  /** It is sent with one step or stays below this, names and numbers beside the steps included. */
  readonly bytes: number;
  /** The robot has images. */
  readonly sees: boolean;
}

/** Header, stages and marks of a message at most, and the name of an image. */
const HEADER_BYTES = 32 * 1024;
const IMAGE_NAME_BYTES = 64;

/** As many rows from `from` on as there are and have room, one at least; undefined when there is none. */
export function takeBatch(spool: Spool, from: number, limits: BatchLimits): Batch | undefined {
  const taken = spool.take(from, limits.rows);
  if (taken === undefined) return undefined;
  const images: WireImage[] = [];
  const imagesGone: [number, number][] = [];
  const frames: Uint8Array[] = [];
  let [count, imageBytes, bytes] = [0, 0, HEADER_BYTES];
  for (; count < taken.rows.length && imageBytes < limits.imageBytes; count++) {
    const sequence = taken.first + count;
    const found = limits.sees ? spool.images(sequence) : [];
    const seen = (found ?? []).reduce((sum, { data }) => sum + data.length, 0);
    bytes += taken.rows[count]!.length + seen + IMAGE_NAME_BYTES * (found?.length ?? 0);
    if (count > 0 && bytes > limits.bytes) break;
    imageBytes += seen;
    const last = imagesGone.at(-1);
    if (found === undefined && last !== undefined && last[0] + last[1] === sequence) last[1]++;
    else if (found === undefined) imagesGone.push([sequence, 1]);
    for (const { name, encoding, data, ageNs } of found ?? []) {
      images.push(ageNs === undefined ? [sequence, name, encoding] : [sequence, name, encoding, ageNs]);
      frames.push(data);
    }
  }
  return { first: taken.first, rows: taken.rows.slice(0, count), images, imagesGone, frames };
}
