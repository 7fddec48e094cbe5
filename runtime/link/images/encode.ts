import type { TensorSpec } from "../../task.ts";
import { type ImageEncoding, imageBytes, type StepImage } from "../../wire/images.ts";
import { loadSharp } from "../../wire/sharp.ts";
import { encodePng, isPng } from "./png.ts";

/** How a robot's images travel and are kept: always so, or ("size") raw where they are small and JPEG where not. */
export const IMAGE_CHOICES: readonly string[] = ["size", "raw", "png", "jpeg"];

export interface EncodingSettings {
  /** One of IMAGE_CHOICES. */
  readonly imageEncoding: string;
  /** "size": images of up to so many KB travel raw. */
  readonly imageRawKb: number;
  /** Of JPEG, 1 to 100. */
  readonly imageQuality: number;
}

/** What the settings come to for a tensor; raw for what is no picture of one or three channels. */
export function encodingOf(tensor: TensorSpec, { imageEncoding, imageRawKb }: EncodingSettings): ImageEncoding {
  const { length } = tensor.shape;
  if (!isPng(tensor) || length < 2 || length > 3) return "raw";
  if (imageEncoding !== "size") return imageEncoding as ImageEncoding;
  return imageBytes(tensor) > imageRawKb * 1024 ? "jpeg" : "raw";
}

/** A raw image encoded; the same one where that would not make it smaller, and one that is encoded already. */
export async function encodeImage(
  tensor: TensorSpec,
  image: StepImage,
  encoding: ImageEncoding,
  quality: number,
): Promise<StepImage> {
  if (image.encoding !== "raw" || encoding === "raw") return image;
  const data = await (encoding === "png" ? encodePng(tensor, image.data) : encodeJpeg(tensor, image.data, quality));
  return data.length < image.data.length ? { ...image, encoding, data } : image;
}

/** With the colours at half the resolution (4:2:0), as cameras do. Takes one of libuv's threads. */
async function encodeJpeg({ shape }: TensorSpec, data: Uint8Array, quality: number): Promise<Uint8Array> {
  const [height = 1, width = 1, channels = 1] = shape;
  const sharp = await loadSharp();
  const picture = sharp(data, { raw: { width, height, channels: channels as 1 | 3 } });
  return (channels === 1 ? picture.toColourspace("b-w") : picture).jpeg({ quality }).toBuffer();
}
