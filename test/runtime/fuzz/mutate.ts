import type { Random } from "../../../runtime/random.ts";

/** Lengths and numbers that trip up who believes them. */
const NASTY = [0, 1, 0x7f, 0x80, 0xff, 0x7fff, 0xffff, 0x7fffffff, 0x80000000, 0xffffffff, 0x10000000] as const;
const CODES = [0xc1, 0xc6, 0xc9, 0xdb, 0xdc, 0xdd, 0xde, 0xdf, 0xcf, 0xff] as const;

/** The frame as a broken or ill-willed peer might send it: one to four changes, at times all of it. */
export function mutated(frame: Uint8Array, random: Random): Uint8Array {
  if (random.uniform() < 0.05) return randomBytes(random.integer(200), random);
  let bytes = Uint8Array.from(frame);
  for (let change = 1 + random.integer(4); change > 0; change--) bytes = changed(bytes, random);
  return bytes;
}

export function randomBytes(length: number, random: Random): Uint8Array {
  return Uint8Array.from({ length }, () => random.integer(256));
}

function changed(bytes: Uint8Array<ArrayBuffer>, random: Random): Uint8Array<ArrayBuffer> {
  if (bytes.length === 0) return Uint8Array.from(randomBytes(8, random));
  const at = random.integer(bytes.length);
  const to = at + random.integer(bytes.length - at + 1);
  switch (random.integer(8)) {
    case 0:
      return bytes.with(at, bytes[at]! ^ (1 << random.integer(8)));
    case 1:
      return bytes.with(at, random.integer(256));
    case 2:
      return bytes.with(at, CODES[random.integer(CODES.length)]!);
    case 3:
      return bytes.slice(0, at);
    case 4: // a piece is missing
      return Uint8Array.from([...bytes.subarray(0, at), ...bytes.subarray(Math.min(to, at + 64))]);
    case 5: // a piece comes twice
      return Uint8Array.from([...bytes.subarray(0, Math.min(to, at + 64)), ...bytes.subarray(at)]);
    default: {
      const copy = bytes.slice();
      const view = new DataView(copy.buffer);
      const value = NASTY[random.integer(NASTY.length)]!;
      const little = random.uniform() < 0.5;
      if (at + 8 <= copy.length && random.uniform() < 0.3) view.setBigUint64(at, BigInt(value) << 16n, little);
      else if (at + 4 <= copy.length) view.setUint32(at, value, little);
      else copy[at] = value;
      return copy;
    }
  }
}
