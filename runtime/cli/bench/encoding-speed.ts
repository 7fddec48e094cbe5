import { pixelsOf } from "../../../learner/replay/pixels.ts";
import { encodeImage } from "../../link/images/encode.ts";
import type { TensorSpec } from "../../task.ts";
import { IMAGE_ENCODINGS, type ImageEncoding, imageBytes } from "../../wire/images.ts";
import { testPicture } from "./picture.ts";

/** What an encoding costs for a picture of one size; CPU time of all threads. */
export interface EncodingSpeed {
  readonly shape: readonly number[];
  readonly encoding: ImageEncoding;
  readonly bytes: number;
  readonly encodeMs: number;
  readonly decodeMs: number;
}

const SHAPES = [
  [64, 64, 3],
  [480, 640, 3],
] as const;
/** A measurement goes on for so long, after one that is not counted. */
const EACH_MS = 400;

/** Every encoding at both sizes, one picture after the other. `quality`: of JPEG. */
export async function measureEncodings(quality: number): Promise<EncodingSpeed[]> {
  const speeds: EncodingSpeed[] = [];
  for (const shape of SHAPES) {
    const tensor: TensorSpec = { name: "eye", dtype: "uint8", shape, units: ["1"] };
    const raw = { name: "eye", encoding: "raw", data: testPicture(shape) } as const;
    for (const encoding of IMAGE_ENCODINGS) {
      const encode = () => encodeImage(tensor, raw, encoding, quality);
      const image = await encode();
      const pixels = await pixelsOf(tensor, image);
      if (pixels.length !== imageBytes(tensor)) throw new Error(`bench link: expected a whole ${encoding}, found less`);
      const decode = () => pixelsOf(tensor, image);
      const none = encoding === "raw";
      const [encodeMs, decodeMs] = none ? [0, 0] : [await cpuMs(encode), await cpuMs(decode)];
      speeds.push({ shape, encoding: image.encoding, bytes: image.data.length, encodeMs, decodeMs });
    }
  }
  return speeds;
}

async function cpuMs(act: () => Promise<unknown>): Promise<number> {
  const before = process.cpuUsage();
  let count = 0;
  for (const until = performance.now() + EACH_MS; performance.now() < until; count++) await act();
  const { user, system } = process.cpuUsage(before);
  return (user + system) / 1000 / count;
}
