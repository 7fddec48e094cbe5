import { promisify } from "node:util";
import { constants, crc32, deflate } from "node:zlib";
import type { TensorSpec } from "../../task.ts";

const deflated = promisify(deflate);

const SIGNATURE = Uint8Array.of(0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a);
/** Colour types by channels: grey, RGB. */
const COLOURS: Readonly<Record<number, number>> = { 1: 0, 3: 2 };

export function isPng({ shape }: TensorSpec): boolean {
  return shape[2] === undefined || shape[2] in COLOURS;
}

/**
 * An image [height, width, 1 or 3] as PNG (ISO/IEC 15948), losslessly. Each line as differences to the pixel on its left,
 * and runs alone are looked for: what else deflate can do costs twice the time and makes a camera's noise no smaller. The
 * filter takes this thread, deflate one of libuv's.
 */
export async function encodePng({ shape }: TensorSpec, data: Uint8Array): Promise<Uint8Array> {
  const [height = 1, width = 1, channels = 1] = shape;
  const stride = width * channels;
  const lines = new Uint8Array((stride + 1) * height);
  for (let row = 0, from = 0, to = 0; row < height; row++) {
    lines[to++] = 1;
    for (let i = 0; i < channels; i++) lines[to++] = data[from++]!;
    for (let i = channels; i < stride; i++, from++) lines[to++] = data[from]! - data[from - channels]!;
  }
  const packed = await deflated(lines, { level: 1, strategy: constants.Z_RLE });
  const header = Buffer.alloc(13);
  header.writeUInt32BE(width, 0);
  header.writeUInt32BE(height, 4);
  header.set([8, COLOURS[channels]!], 8);
  return Buffer.concat([SIGNATURE, chunk("IHDR", header), chunk("IDAT", packed), chunk("IEND", Buffer.alloc(0))]);
}

function chunk(kind: string, data: Uint8Array): Buffer {
  const bytes = Buffer.alloc(12 + data.length);
  bytes.writeUInt32BE(data.length, 0);
  bytes.write(kind, 4, "latin1");
  bytes.set(data, 8);
  bytes.writeUInt32BE(crc32(bytes.subarray(4, 8 + data.length)), 8 + data.length);
  return bytes;
}
