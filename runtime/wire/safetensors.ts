/**
 * Named float32 arrays in one file, kept as they are or as float16, in the safetensors format: header length (u64, little-endian), JSON header padded with
 * spaces to a multiple of 8, data without holes. Source: https://github.com/huggingface/safetensors#format
 */

import { fromFloat16, toFloat16 } from "./float16.ts";

export interface FloatArray {
  readonly shape: readonly number[];
  readonly data: Float32Array;
}

export type FloatArrays = Readonly<Record<string, FloatArray>>;

/** As the reference implementation: a longer header is refused before it is parsed. */
const MAX_HEADER_BYTES = 100_000_000;

const BYTES = { F32: 4, F16: 2 } as const;
type Dtype = keyof typeof BYTES;

/**
 * Names are sorted, so equal arrays give equal bytes. "F16" keeps 11 bits of each number in half the room. Throws when a
 * shape does not fit its data, and on what float16 cannot hold.
 */
export function encodeSafetensors(
  arrays: FloatArrays,
  metadata: Readonly<Record<string, string>> = {},
  dtype: Dtype = "F32",
): Uint8Array {
  const names = Object.keys(arrays).sort();
  const header: [string, unknown][] = Object.keys(metadata).length > 0 ? [["__metadata__", metadata]] : [];
  let end = 0;
  for (const name of names) {
    const { shape, data } = arrays[name]!;
    if (elements(shape) !== data.length) {
      throw new Error(`safetensors: ${name}: expected ${elements(shape)} numbers for [${shape}], found ${data.length}`);
    }
    const size = BYTES[dtype] * data.length;
    header.push([name, { dtype, shape, data_offsets: [end, end + size] }]);
    end += size;
  }
  const json = new TextEncoder().encode(JSON.stringify(Object.fromEntries(header)));
  const start = 8 + Math.ceil(json.length / 8) * 8;
  const bytes = new Uint8Array(start + end).fill(0x20, 8 + json.length, start);
  new DataView(bytes.buffer).setBigUint64(0, BigInt(start - 8), true);
  bytes.set(json, 8);
  let at = start;
  for (const name of names) {
    const data = dtype === "F16" ? toFloat16(arrays[name]!.data) : arrays[name]!.data;
    bytes.set(new Uint8Array(data.buffer, data.byteOffset, data.byteLength), at);
    at += data.byteLength;
  }
  return bytes;
}

/** The arrays, in memory of their own. Nothing in the header is believed: throws naming what is wrong. */
export function decodeSafetensors(bytes: Uint8Array): { arrays: FloatArrays; metadata: Record<string, string> } {
  if (bytes.length < 8) throw new Error(`safetensors: expected 8 bytes of header length, found ${bytes.length}`);
  const headerBytes = new DataView(bytes.buffer, bytes.byteOffset, 8).getBigUint64(0, true);
  if (headerBytes > BigInt(Math.min(bytes.length - 8, MAX_HEADER_BYTES))) {
    throw new Error(`safetensors: expected a header within ${bytes.length} bytes, found a length of ${headerBytes}`);
  }
  const start = 8 + Number(headerBytes);
  const { __metadata__: metadata = {}, ...entries } = parseHeader(bytes.subarray(8, start));
  if (!isRecord(metadata) || Object.values(metadata).some((value) => typeof value !== "string")) {
    throw new Error("safetensors: expected __metadata__ to map names to text");
  }
  const tensors = Object.entries(entries).map(([name, entry]) => checkEntry(name, entry));
  let end = 0;
  for (const { name, from, to } of tensors.toSorted((a, b) => a.from - b.from || a.to - b.to)) {
    if (from !== end)
      throw new Error(`safetensors: ${name}: expected data at ${end} (no hole, no overlap), found ${from}`);
    end = to;
  }
  if (start + end !== bytes.length) {
    throw new Error(`safetensors: expected ${start + end} bytes, found ${bytes.length}`);
  }
  const arrays = tensors.map(({ name, dtype, shape, from, to }): [string, FloatArray] => {
    const { buffer } = new Uint8Array(bytes.subarray(start + from, start + to));
    return [name, { shape, data: dtype === "F16" ? fromFloat16(new Uint16Array(buffer)) : new Float32Array(buffer) }];
  });
  return { arrays: Object.fromEntries(arrays), metadata: metadata as Record<string, string> };
}

function parseHeader(bytes: Uint8Array): Record<string, unknown> {
  let header: unknown;
  try {
    header = JSON.parse(new TextDecoder("utf-8", { fatal: true }).decode(bytes));
  } catch (error) {
    throw new Error(`safetensors: expected a JSON header, found ${(error as Error).message}`);
  }
  if (!isRecord(header)) throw new Error("safetensors: expected the header to be an object");
  return header;
}

interface Entry {
  readonly name: string;
  readonly dtype: Dtype;
  readonly shape: number[];
  readonly from: number;
  readonly to: number;
}

function checkEntry(name: string, entry: unknown): Entry {
  const { dtype, shape, data_offsets: offsets } = isRecord(entry) ? entry : {};
  if (dtype !== "F32" && dtype !== "F16") {
    throw new Error(`safetensors: ${name}: expected dtype F32 or F16, found ${JSON.stringify(dtype)}`);
  }
  if (!isCounts(shape)) {
    throw new Error(`safetensors: ${name}: expected a shape of whole numbers, found ${JSON.stringify(shape)}`);
  }
  if (!isCounts(offsets) || offsets.length !== 2) {
    throw new Error(`safetensors: ${name}: expected two data offsets, found ${JSON.stringify(offsets)}`);
  }
  const [from, to] = offsets as [number, number];
  const size = BYTES[dtype] * elements(shape);
  if (to - from !== size) {
    throw new Error(`safetensors: ${name}: expected ${size} bytes for [${shape}], found ${to - from}`);
  }
  return { name, dtype, shape, from, to };
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function isCounts(value: unknown): value is number[] {
  return Array.isArray(value) && value.every((item) => Number.isSafeInteger(item) && item >= 0);
}

function elements(shape: readonly number[]): number {
  return shape.reduce((product, size) => product * size, 1);
}
