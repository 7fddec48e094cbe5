import type { Picture } from "../picture.ts";

/** Decodes a binary PGM (P5) or PPM (P6) of one byte a value; netpbm's ppm(5). Throws on anything else. */
export function decodePpm(bytes: Uint8Array): Picture {
  let at = 0;
  const word = (): string => {
    for (;;) {
      while (isSpace(bytes[at])) at++;
      if (bytes[at] !== 0x23) break;
      while (at < bytes.length && bytes[at] !== 0x0a) at++; // a comment, to the end of its line
    }
    const begin = at;
    while (at < bytes.length && !isSpace(bytes[at])) at++;
    return String.fromCharCode(...bytes.subarray(begin, Math.min(at, begin + 20)));
  };
  const magic = word();
  const channels = magic === "P5" ? 1 : magic === "P6" ? 3 : undefined;
  if (channels === undefined) throw new Error(`ppm: expected P5 or P6, found "${magic}"`);
  const [width, height, max] = [Number(word()), Number(word()), Number(word())];
  if (!(Number.isInteger(width) && width > 0 && Number.isInteger(height) && height > 0)) {
    throw new Error(`ppm: expected a size, found ${width} × ${height}`);
  }
  if (max !== 255) throw new Error(`ppm: expected values up to 255, found up to ${max}`);
  const data = bytes.slice(at + 1);
  const size = width * height * channels;
  if (data.length < size) throw new Error(`ppm: expected ${size} bytes of pixels, found ${data.length}`);
  return { data: data.subarray(0, size), width, height, channels };
}

function isSpace(byte: number | undefined): boolean {
  return byte === 0x20 || (byte !== undefined && byte >= 0x09 && byte <= 0x0d);
}
