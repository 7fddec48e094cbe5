import { inflateSync } from "node:zlib";
import type { Picture } from "../picture.ts";

const SIGNATURE = Uint8Array.of(0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a);
/** Values a pixel by colour type: grey, RGB, grey and alpha, RGBA. */
const VALUES: Readonly<Record<number, number>> = { 0: 1, 2: 3, 4: 2, 6: 4 };

/**
 * Decodes a PNG of 8 bits a value without palette and interlacing (ISO/IEC 15948); what is transparent is left out. Check
 * sums are zlib's alone. Throws on anything else.
 */
export function decodePng(bytes: Uint8Array): Picture {
  if (!SIGNATURE.every((byte, i) => bytes[i] === byte)) throw new Error("png: expected a PNG, found something else");
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  let header: DataView | undefined;
  const parts: Uint8Array[] = [];
  for (let at = 8; at + 12 <= bytes.length; ) {
    const length = view.getUint32(at);
    const kind = String.fromCharCode(...bytes.subarray(at + 4, at + 8));
    if (at + 12 + length > bytes.length) throw new Error(`png: expected ${length} bytes of ${kind}, found its end`);
    if (kind === "IHDR" && length === 13) header = new DataView(bytes.buffer, bytes.byteOffset + at + 8, 13);
    if (kind === "IDAT") parts.push(bytes.subarray(at + 8, at + 8 + length));
    at += 12 + length;
  }
  if (header === undefined) throw new Error("png: expected a header, found none");
  const [width, height] = [header.getUint32(0), header.getUint32(4)];
  const [depth, type, interlaced] = [header.getUint8(8), header.getUint8(9), header.getUint8(12)];
  const values = VALUES[type];
  if (depth !== 8 || values === undefined || interlaced !== 0) {
    throw new Error(
      `png: expected 8 bits, grey or RGB, not interlaced; found ${depth} bits, colour type ${type}, interlacing ${interlaced}`,
    );
  }
  const size = height * (1 + width * values);
  const lines = inflateSync(Buffer.concat(parts), { maxOutputLength: size + 1 });
  if (lines.length !== size || width === 0) throw new Error(`png: expected ${size} bytes, found ${lines.length}`);
  const whole = unfilter(lines, width * values, height, values);
  const channels = values < 3 ? 1 : 3;
  if (values === channels) return { data: whole, width, height, channels };
  const data = new Uint8Array(width * height * channels);
  for (let i = 0; i < data.length; i++) data[i] = whole[Math.floor(i / channels) * values + (i % channels)]!;
  return { data, width, height, channels };
}

/** Undoes the filter of each line (section 9). */
function unfilter(lines: Uint8Array, stride: number, height: number, values: number): Uint8Array {
  const out = new Uint8Array(stride * height);
  for (let row = 0; row < height; row++) {
    const filter = lines[row * (stride + 1)]!;
    if (filter > 4) throw new Error(`png: expected a filter from 0 to 4 in line ${row}, found ${filter}`);
    for (let i = 0; i < stride; i++) {
      const at = row * stride + i;
      const left = i >= values ? out[at - values]! : 0;
      const above = row > 0 ? out[at - stride]! : 0;
      const corner = i >= values && row > 0 ? out[at - stride - values]! : 0;
      const guess = [0, left, above, (left + above) >> 1, filter === 4 ? paeth(left, above, corner) : 0][filter]!;
      out[at] = lines[row * (stride + 1) + 1 + i]! + guess;
    }
  }
  return out;
}

function paeth(left: number, above: number, corner: number): number {
  const guess = left + above - corner;
  const [dl, da, dc] = [Math.abs(guess - left), Math.abs(guess - above), Math.abs(guess - corner)];
  return dl <= da && dl <= dc ? left : da <= dc ? above : corner;
}
