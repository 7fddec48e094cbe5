/** Looks over a MessagePack text before it is decoded, so that what it claims to hold costs nothing that it does not hold. */

/** No header of ours is longer: those of rows say three things of each image, those of hello a schema. */
const MOST_BYTES = 4 * 1024 * 1024;
/** No message of ours is nested deeper. */
const MOST_DEPTH = 16;

/** By the first byte, from 0xc0 on: bytes that follow it, or how long the length is that says so (see `lengthBytes`). */
const FIXED: Readonly<Record<number, number>> = {
  192: 0,
  194: 0,
  195: 0,
  202: 4,
  203: 8,
  204: 1,
  205: 2,
  206: 4,
  207: 8,
  208: 1,
  209: 2,
  210: 4,
  211: 8,
};

/** Throws unless `bytes` are one whole MessagePack value without extensions (github.com/msgpack/msgpack, spec.md). */
export function checkMessage(bytes: Uint8Array): void {
  if (bytes.length > MOST_BYTES) {
    throw new Error(`wire: expected a header of at most ${MOST_BYTES} bytes, found ${bytes.length}`);
  }
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  /** Values left to come, level by level. */
  const left = [1];
  let at = 0;
  const skip = (count: number): void => {
    if (count > bytes.length - at) throw new Error(`wire: expected ${count} more bytes, found ${bytes.length - at}`);
    at += count;
  };
  /** A big-endian length of 1, 2 or 4 bytes. */
  const length = (size: number): number => {
    const from = at;
    skip(size);
    return size === 1 ? view.getUint8(from) : size === 2 ? view.getUint16(from) : view.getUint32(from);
  };
  const open = (values: number): void => {
    if (values > bytes.length - at)
      throw new Error(`wire: expected ${values} values, found ${bytes.length - at} bytes`);
    if (left.length >= MOST_DEPTH) throw new Error(`wire: expected at most ${MOST_DEPTH} levels, found more`);
    left.push(values);
  };
  while (left.length > 0) {
    if (left[left.length - 1]! === 0) {
      left.pop();
      continue;
    }
    left[left.length - 1]!--;
    const type = length(1);
    if (type < 0x80 || type >= 0xe0) continue; // a small whole number
    if (type < 0x90) open(2 * (type - 0x80));
    else if (type < 0xa0) open(type - 0x90);
    else if (type < 0xc0) skip(type - 0xa0);
    else if (type in FIXED) skip(FIXED[type]!);
    else if (type >= 0xc4 && type <= 0xc6) skip(length(2 ** (type - 0xc4)));
    else if (type >= 0xd9 && type <= 0xdb) skip(length(2 ** (type - 0xd9)));
    else if (type === 0xdc || type === 0xdd) open(length(type === 0xdc ? 2 : 4));
    else if (type === 0xde || type === 0xdf) open(2 * length(type === 0xde ? 2 : 4));
    else throw new Error(`wire: expected a value of MessagePack, found a byte ${type}`);
  }
  if (at !== bytes.length) throw new Error(`wire: expected one value, found ${bytes.length - at} bytes behind it`);
}
