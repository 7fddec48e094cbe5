/**
 * GIF's variant of LZW: codes of 9 to 12 bits, least significant bit first, in sub-blocks of up to 255 bytes.
 * Source: GIF89a specification, appendix F.
 */

const LITERALS = 256;
const CLEAR = 256;
const END = 257;
const FIRST_FREE = 258;
const MOST_CODES = 4096;

/** Image data of a GIF with 8-bit colours: minimum code size, sub-blocks, terminator. */
export function encodeLzw(indices: Uint8Array): Uint8Array {
  const out = new BitWriter();
  /** Code of the string of a code and one more index; 0: not there yet. */
  const longer = new Uint16Array(MOST_CODES * LITERALS);
  let free = FIRST_FREE;
  let bits = 9;
  out.write(CLEAR, bits);
  let code = -1;
  for (const index of indices) {
    if (code < 0) {
      code = index;
      continue;
    }
    const known = longer[code * LITERALS + index]!;
    if (known > 0) {
      code = known;
      continue;
    }
    out.write(code, bits);
    if (free < MOST_CODES) {
      longer[code * LITERALS + index] = free++;
      if (free > 1 << bits && bits < 12) bits++; // the decoder is one entry behind
    } else {
      out.write(CLEAR, bits);
      longer.fill(0);
      free = FIRST_FREE;
      bits = 9;
    }
    code = index;
  }
  if (code >= 0) out.write(code, bits);
  if (free === 1 << bits && bits < 12) bits++; // that code made the decoder's next entry
  out.write(END, bits);
  return out.blocks(8);
}

class BitWriter {
  #bytes = new Uint8Array(1 << 16);
  #length = 0;
  #pending = 0;
  #count = 0;

  write(code: number, bits: number): void {
    this.#pending |= code << this.#count;
    this.#count += bits;
    while (this.#count >= 8) {
      this.#push(this.#pending & 0xff);
      this.#pending >>>= 8;
      this.#count -= 8;
    }
  }

  #push(byte: number): void {
    if (this.#length === this.#bytes.length) {
      const larger = new Uint8Array(2 * this.#length);
      larger.set(this.#bytes);
      this.#bytes = larger;
    }
    this.#bytes[this.#length++] = byte;
  }

  blocks(minimumCodeSize: number): Uint8Array {
    if (this.#count > 0) this.#push(this.#pending);
    const blocks = Math.ceil(this.#length / 255);
    const out = new Uint8Array(1 + this.#length + blocks + 1);
    out[0] = minimumCodeSize;
    for (let i = 0, at = 1; i < this.#length; i += 255) {
      const block = this.#bytes.subarray(i, Math.min(i + 255, this.#length));
      out[at] = block.length;
      out.set(block, at + 1);
      at += 1 + block.length;
    }
    return out;
  }
}
