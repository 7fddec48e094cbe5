/** Shared memory of no bytes that can grow to `bytes`; only what it has grown to is taken from the system. */
export function growable(bytes: number): SharedArrayBuffer {
  return new SharedArrayBuffer(0, { maxByteLength: bytes });
}

/** Grows the memory under an array, and so the array, to `length` numbers. */
export function growTo(array: Float32Array | Int32Array | Uint8Array, length: number): void {
  (array.buffer as SharedArrayBuffer).grow(length * array.BYTES_PER_ELEMENT);
}
