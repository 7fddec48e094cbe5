/** Reads GIFs as a player does, written from the specification alone; knows only what an animation needs. */
export interface Decoded {
  readonly width: number;
  readonly height: number;
  readonly loops: boolean;
  readonly frames: readonly { readonly delay: number; readonly picture: Uint8Array }[];
}

export function decodeGif(bytes: Uint8Array): Decoded {
  let at = 0;
  const take = (count: number): Uint8Array => {
    at += count;
    return bytes.subarray(at - count, at);
  };
  const u8 = (): number => take(1)[0]!;
  const u16 = (): number => u8() + 256 * u8();
  if (Buffer.from(take(6)).toString() !== "GIF89a") throw new Error("no GIF89a");
  const [width, height, flags] = [u16(), u16(), u8()];
  take(2);
  const table = take(3 << ((flags & 7) + 1));
  const canvas = new Uint8Array(3 * width * height);
  const frames: { delay: number; picture: Uint8Array }[] = [];
  let [delay, transparent, loops] = [0, -1, false];
  for (let kind = u8(); kind !== 0x3b; kind = u8()) {
    if (kind === 0x21) {
      const label = u8();
      const data = subBlocks(take);
      if (label === 0xff) loops = Buffer.from(data.subarray(0, 11)).toString() === "NETSCAPE2.0";
      if (label === 0xf9) {
        delay = data[1]! + 256 * data[2]!;
        transparent = data[0]! & 1 ? data[3]! : -1;
      }
      continue;
    }
    if (kind !== 0x2c) throw new Error(`unknown block ${kind} before ${at}`);
    const [left, top, w, h, local] = [u16(), u16(), u16(), u16(), u8()];
    if (local !== 0) throw new Error("expected no local colours, no interlace");
    const indices = decodeLzw(u8(), subBlocks(take));
    if (indices.length !== w * h) throw new Error(`expected ${w * h} pixels, found ${indices.length}`);
    indices.forEach((index, i) => {
      const pixel = (top + Math.floor(i / w)) * width + left + (i % w);
      if (index !== transparent) canvas.set(table.subarray(3 * index, 3 * index + 3), 3 * pixel);
    });
    frames.push({ delay, picture: canvas.slice() });
  }
  if (at !== bytes.length) throw new Error(`expected the end at ${at}, found ${bytes.length} bytes`);
  return { width, height, loops, frames };
}

function subBlocks(take: (count: number) => Uint8Array): Uint8Array {
  const parts: Uint8Array[] = [];
  for (let size = take(1)[0]!; size > 0; size = take(1)[0]!) parts.push(take(size));
  return Buffer.concat(parts);
}

/** `bytes` without their sub-block lengths. */
export function decodeLzw(minimum: number, bytes: Uint8Array): number[] {
  const clear = 1 << minimum;
  const out: number[] = [];
  let table: number[][] = [];
  let [size, bit] = [minimum + 1, 0];
  let last: number[] | undefined;
  for (;;) {
    let code = 0;
    for (let i = 0; i < size; i++, bit++) code |= ((bytes[bit >> 3]! >> (bit & 7)) & 1) << i;
    if (bit > 8 * bytes.length) throw new Error("expected an end code, found the end of the data");
    if (code === clear) {
      table = Array.from({ length: clear + 2 }, (_, i) => [i]);
      size = minimum + 1;
      last = undefined;
      continue;
    }
    if (code === clear + 1) return out;
    const entry = table[code] ?? (code === table.length && last ? [...last, last[0]!] : undefined);
    if (entry === undefined) throw new Error(`code ${code} is not known yet, of ${table.length}`);
    for (const index of entry) out.push(index);
    if (last !== undefined && table.length < 4096) table.push([...last, entry[0]!]);
    if (table.length === 1 << size && size < 12) size++;
    last = entry;
  }
}
