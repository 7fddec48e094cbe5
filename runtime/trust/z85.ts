const DIGITS = "0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ.-:+=^!/*?&<>()[]{}@%$#";

/** The bytes that text in Z85 stands for (rfc.zeromq.org/spec/32); four for five characters. Throws on other text. */
export function decodeZ85(text: string): Uint8Array {
  if (text.length % 5 !== 0) throw new Error(`Z85: expected a multiple of 5 characters, found ${text.length}`);
  const bytes = new Uint8Array((text.length / 5) * 4);
  const view = new DataView(bytes.buffer);
  for (let i = 0; i < text.length / 5; i++) {
    let value = 0;
    for (const character of text.slice(5 * i, 5 * i + 5)) {
      const digit = DIGITS.indexOf(character);
      if (digit < 0) throw new Error(`Z85: expected one of its 85 characters, found "${character}"`);
      value = 85 * value + digit;
    }
    if (value >= 2 ** 32) throw new Error("Z85: expected 32 bits in five characters, found more");
    view.setUint32(4 * i, value);
  }
  return bytes;
}
