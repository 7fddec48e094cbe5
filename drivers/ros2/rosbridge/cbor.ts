/**
 * Reads CBOR as rosbridge_server writes it: one item of definite length, made of maps with text keys, arrays, text, bytes,
 * numbers, true, false, null, and typed arrays in little-endian order (RFC 8949; RFC 8746 for the tags). Integers beyond 2⁵³
 * become bigints. Byte strings are views of `bytes`. Throws on anything else, naming it and where it is.
 */
export function decodeCbor(bytes: Uint8Array): unknown {
  const reader = new Reader(bytes);
  const value = reader.item(0);
  if (reader.at !== bytes.length)
    throw new Error(`CBOR: expected one item, found ${bytes.length - reader.at} bytes more`);
  return value;
}

/** Deeper is not a message. */
const MOST_NESTED = 32;
const text = new TextDecoder("utf-8", { fatal: true });

const TYPED_ARRAYS: Readonly<Record<number, new (buffer: ArrayBuffer) => ArrayBufferView>> = {
  64: Uint8Array,
  68: Uint8ClampedArray,
  69: Uint16Array,
  70: Uint32Array,
  71: BigUint64Array,
  72: Int8Array,
  77: Int16Array,
  78: Int32Array,
  79: BigInt64Array,
  85: Float32Array,
  86: Float64Array,
};

class Reader {
  readonly #bytes: Uint8Array;
  readonly #view: DataView;
  at = 0;

  constructor(bytes: Uint8Array) {
    this.#bytes = bytes;
    this.#view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  }

  item(depth: number): unknown {
    if (depth > MOST_NESTED) throw new Error(`CBOR: expected at most ${MOST_NESTED} levels, found more`);
    const start = this.at;
    const head = this.#take(1)[0]!;
    const [major, info] = [head >> 5, head & 31];
    if (major === 7) return this.#simple(info, start);
    const argument = this.#argument(info, start);
    if (major === 0) return argument;
    if (major === 1) return typeof argument === "bigint" ? -1n - argument : -1 - argument;
    const length = Number(argument);
    if (major === 2) return this.#take(length);
    if (major === 3) return text.decode(this.#take(length));
    if (major === 6) return this.#tagged(length, depth, start);
    if (length > this.#bytes.length - this.at) throw this.#short(length);
    if (major === 4) return Array.from({ length }, () => this.item(depth + 1));
    const map: Record<string, unknown> = {};
    for (let i = 0; i < length; i++) {
      const key = this.item(depth + 1);
      if (typeof key !== "string")
        throw new Error(`CBOR: expected text as a key, found ${typeof key} at byte ${start}`);
      Object.defineProperty(map, key, {
        value: this.item(depth + 1),
        enumerable: true,
        configurable: true,
        writable: true,
      });
    }
    return map;
  }

  #argument(info: number, start: number): number | bigint {
    if (info < 24) return info;
    if (info === 24) return this.#take(1)[0]!;
    const at = this.at;
    if (info === 25) {
      this.#take(2);
      return this.#view.getUint16(at);
    }
    if (info === 26) {
      this.#take(4);
      return this.#view.getUint32(at);
    }
    if (info === 27) {
      this.#take(8);
      const value = this.#view.getBigUint64(at);
      return value <= BigInt(Number.MAX_SAFE_INTEGER) ? Number(value) : value;
    }
    throw new Error(`CBOR: expected a definite length, found ${info} at byte ${start}`);
  }

  #simple(info: number, start: number): unknown {
    const at = this.at;
    if (info === 20 || info === 21) return info === 21;
    if (info === 22) return null;
    if (info === 23) return undefined;
    if (info === 25) {
      this.#take(2);
      return float16(this.#view.getUint16(at));
    }
    if (info === 26) {
      this.#take(4);
      return this.#view.getFloat32(at);
    }
    if (info === 27) {
      this.#take(8);
      return this.#view.getFloat64(at);
    }
    throw new Error(`CBOR: expected a number, true, false or null, found simple value ${info} at byte ${start}`);
  }

  #tagged(tag: number, depth: number, start: number): unknown {
    const value = this.item(depth + 1);
    const make = TYPED_ARRAYS[tag];
    if (make === undefined || !(value instanceof Uint8Array)) {
      throw new Error(`CBOR: expected a little-endian typed array, found tag ${tag} at byte ${start}`);
    }
    const size = (make as unknown as { BYTES_PER_ELEMENT: number }).BYTES_PER_ELEMENT;
    if (value.length % size !== 0) {
      throw new Error(`CBOR: expected whole numbers of ${size} bytes, found ${value.length} bytes at byte ${start}`);
    }
    return new make(new Uint8Array(value).buffer);
  }

  #take(length: number): Uint8Array {
    if (length > this.#bytes.length - this.at) throw this.#short(length);
    this.at += length;
    return this.#bytes.subarray(this.at - length, this.at);
  }

  #short(length: number): Error {
    return new Error(`CBOR: expected ${length} more at byte ${this.at}, found ${this.#bytes.length - this.at}`);
  }
}

/** IEEE 754 half precision. */
function float16(bits: number): number {
  const [sign, exponent, fraction] = [bits >> 15 ? -1 : 1, (bits >> 10) & 31, bits & 1023];
  if (exponent === 31) return fraction === 0 ? sign * Number.POSITIVE_INFINITY : Number.NaN;
  return sign * (exponent === 0 ? fraction * 2 ** -24 : (1 + fraction / 1024) * 2 ** (exponent - 15));
}
