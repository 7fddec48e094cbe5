import type { Picture, Rectangle } from "./picture.ts";

/** "area": each pixel the mean of what it covers, to the fraction of a pixel; "nearest": the pixel in its middle. */
export const RESIZES = ["area", "nearest"] as const;
export type Resize = (typeof RESIZES)[number];

/**
 * What `crop` shows of a picture, by default all of it, stretched to width × height; the same
 * picture where it is so already. Throws when the rectangle does not lie
 * in the picture.
 */
export function resized(
  picture: Picture,
  { width, height }: { readonly width: number; readonly height: number },
  method: Resize = "area",
  crop: Rectangle = { x: 0, y: 0, width: picture.width, height: picture.height },
): Picture {
  const { x, y } = crop;
  if (x < 0 || y < 0 || x + crop.width > picture.width || y + crop.height > picture.height) {
    throw new Error(
      `crop: expected a rectangle in ${picture.width} × ${picture.height}, found ${crop.width} × ${crop.height} at ${x}, ${y}`,
    );
  }
  const whole = crop.width === picture.width && crop.height === picture.height;
  if (whole && width === picture.width && height === picture.height) return picture;
  const data = new Uint8Array(width * height * picture.channels);
  if (method === "nearest") nearest(picture, crop, data, width, height);
  else area(picture, crop, data, width, height);
  return { data, width, height, channels: picture.channels };
}

function nearest(from: Picture, crop: Rectangle, to: Uint8Array, width: number, height: number): void {
  const { data, channels } = from;
  for (let row = 0, out = 0; row < height; row++) {
    const y = crop.y + Math.floor(((row + 0.5) * crop.height) / height);
    for (let column = 0; column < width; column++) {
      const x = crop.x + Math.floor(((column + 0.5) * crop.width) / width);
      const at = (y * from.width + x) * channels;
      for (let c = 0; c < channels; c++) to[out++] = data[at + c]!;
    }
  }
}

/**
 * First down each column of the crop, then along. In whole numbers, so exact: a weight of `height` is one source row, and
 * all weights of an output pixel together are the area of the crop.
 */
function area(from: Picture, crop: Rectangle, to: Uint8Array, width: number, height: number): void {
  const { data, channels } = from;
  const stride = from.width * channels;
  const columns = covers(crop.width, width);
  const rows = covers(crop.height, height);
  const sums = new Int32Array(crop.width * channels);
  const size = crop.width * crop.height;
  for (let row = 0, out = 0; row < height; row++) {
    sums.fill(0);
    const { first, weights } = rows[row]!;
    for (let i = 0; i < weights.length; i++) {
      addRow(sums, data, (crop.y + first + i) * stride + crop.x * channels, weights[i]!);
    }
    for (let column = 0; column < width; column++) {
      const cover = columns[column]!;
      for (let c = 0; c < channels; c++) {
        let sum = 0;
        for (let i = 0; i < cover.weights.length; i++) {
          sum += cover.weights[i]! * sums[(cover.first + i) * channels + c]!;
        }
        to[out++] = Math.round(sum / size);
      }
    }
  }
}

/** Where nearly all of the time goes. */
function addRow(sums: Int32Array, data: Uint8Array, at: number, weight: number): void {
  for (let i = 0; i < sums.length; i++) sums[i] = (sums[i]! + Math.imul(weight, data[at + i]!)) | 0;
}

interface Cover {
  /** Index of the first source pixel. */
  readonly first: number;
  /** How much of it and of each of those that follow; as many as there are output pixels is all of it. */
  readonly weights: readonly number[];
}

/** Which of `from` source pixels in a line each of `to` covers. */
function covers(from: number, to: number): readonly Cover[] {
  return Array.from({ length: to }, (_, i) => {
    const [begin, end] = [i * from, (i + 1) * from];
    const first = Math.floor(begin / to);
    const last = Math.ceil(end / to);
    const weights = Array.from({ length: last - first }, (_, k) => {
      const at = (first + k) * to;
      return Math.min(end, at + to) - Math.max(begin, at);
    });
    return { first, weights };
  });
}
