import type { TensorSpec } from "../../runtime/task.ts";
import { imageBytes, type StepImage } from "../../runtime/wire/images.ts";
import { loadSharp } from "../../runtime/wire/sharp.ts";

/**
 * An image as numbers, as memory keeps it: logs keep what the robot sent. Throws on bytes that are no such picture: what
 * took them in has looked at the header alone.
 */
export async function pixelsOf(tensor: TensorSpec, { encoding, data }: StepImage): Promise<Uint8Array> {
  if (encoding === "raw") return data;
  const sharp = await loadSharp();
  const bytes = imageBytes(tensor);
  const picture = sharp(data, { limitInputPixels: bytes, failOn: "error" });
  const isGrey = (tensor.shape[2] ?? 1) === 1;
  const pixels = await (isGrey ? picture.toColourspace("b-w") : picture).raw().toBuffer();
  if (pixels.length !== bytes) throw new Error(`${tensor.name}: expected ${bytes} pixels, found ${pixels.length}`);
  return pixels;
}
