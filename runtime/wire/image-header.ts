import type { TensorSpec } from "../task.ts";

/** What a picture's first bytes say of it. */
interface Header {
  readonly width: number;
  readonly height: number;
  readonly channels: number;
}

const PNG = [0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a, 0, 0, 0, 13, 0x49, 0x48, 0x44, 0x52];
/** Grey and RGB, by colour type. */
const PNG_CHANNELS: Readonly<Record<number, number>> = { 0: 1, 2: 3 };

/** Why an encoded image is not of its tensor's size, by its header alone: nothing is decoded. Undefined when it is. */
export function headerMisfit({ shape }: TensorSpec, encoding: "png" | "jpeg", data: Uint8Array): string | undefined {
  const [height = 1, width = 1, channels = 1] = shape;
  const found = encoding === "png" ? pngHeader(data) : jpegHeader(data);
  if (found === undefined) return `as a ${encoding} of 8 bits, grey or RGB, found something else`;
  if (found.height === height && found.width === width && found.channels === channels) return undefined;
  return `as ${height} × ${width} × ${channels}, found ${found.height} × ${found.width} × ${found.channels}`;
}

function pngHeader(data: Uint8Array): Header | undefined {
  if (data.length < 33 || !PNG.every((byte, i) => data[i] === byte)) return undefined;
  const view = new DataView(data.buffer, data.byteOffset, data.length);
  const channels = PNG_CHANNELS[data[25]!];
  if (data[24] !== 8 || channels === undefined || data[28] !== 0) return undefined;
  return { width: view.getUint32(16), height: view.getUint32(20), channels };
}

/** Up to the first frame header (ITU-T T.81, B.2.2): segments before it are passed over, each by its own length. */
function jpegHeader(data: Uint8Array): Header | undefined {
  if (data[0] !== 0xff || data[1] !== 0xd8) return undefined;
  const view = new DataView(data.buffer, data.byteOffset, data.length);
  for (let at = 2; at + 10 <= data.length; ) {
    if (data[at] !== 0xff) return undefined;
    const marker = data[at + 1]!;
    if (marker === 0xff) {
      at++; // a fill byte
      continue;
    }
    const isFrame = marker >= 0xc0 && marker <= 0xcf && marker !== 0xc4 && marker !== 0xc8 && marker !== 0xcc;
    if (isFrame) {
      const channels = data[at + 9]!;
      if (data[at + 4] !== 8 || (channels !== 1 && channels !== 3)) return undefined;
      return { height: view.getUint16(at + 5), width: view.getUint16(at + 7), channels };
    }
    const length = view.getUint16(at + 2);
    if (length < 2 || marker === 0xda || marker === 0xd9) return undefined;
    at += 2 + length;
  }
  return undefined;
}
