import { crc32, deflateSync } from "node:zlib";

const SIGNATURE = Uint8Array.of(0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a);
const RGB = 2;
/** Each pixel less the one left of it (ISO/IEC 15948, 9.2). */
const SUB = 1;

/** RGB, 8 bits a value, row by row from the top: the pixels come back exactly. */
export function encodePng(rgb: Uint8Array, width: number, height: number): Uint8Array {
  const stride = 3 * width;
  const lines = new Uint8Array(height * (stride + 1));
  for (let row = 0; row < height; row++) {
    const at = row * (stride + 1);
    const from = row * stride;
    lines[at] = SUB;
    for (let i = 0; i < stride; i++) lines[at + 1 + i] = rgb[from + i]! - (i < 3 ? 0 : rgb[from + i - 3]!);
  }
  const header = Buffer.alloc(13);
  header.writeUInt32BE(width, 0);
  header.writeUInt32BE(height, 4);
  header.set([8, RGB, 0, 0, 0], 8);
  const parts = [
    chunk("IHDR", header),
    chunk("IDAT", deflateSync(lines, { level: 6 })),
    chunk("IEND", Buffer.alloc(0)),
  ];
  return Buffer.concat([SIGNATURE, ...parts]);
}

function chunk(kind: string, data: Uint8Array): Buffer {
  const bytes = Buffer.alloc(12 + data.length);
  bytes.writeUInt32BE(data.length, 0);
  bytes.write(kind, 4, "latin1");
  bytes.set(data, 8);
  bytes.writeUInt32BE(crc32(bytes.subarray(4, 8 + data.length)), 8 + data.length);
  return bytes;
}
