import { readFileSync } from "node:fs";
import { resolve } from "node:path";
import { expect, test } from "vitest";
import { sha256 } from "../../../runtime/wire/bundle.ts";
import { decodeSafetensors, encodeSafetensors } from "../../../runtime/wire/safetensors.ts";
import { fc } from "../../properties.ts";

const golden =
  "7000000000000000" +
  Buffer.from(
    '{"a":{"dtype":"F32","shape":[],"data_offsets":[0,4]},"b":{"dtype":"F32","shape":[1,2],"data_offsets":[4,12]}}',
  ).toString("hex") +
  "202020" +
  "0000803f" +
  "0000004000004040";

test("a file is these bytes, whatever the order of the names", () => {
  const a = { shape: [], data: Float32Array.of(1) };
  const b = { shape: [1, 2], data: Float32Array.of(2, 3) };
  expect(Buffer.from(encodeSafetensors({ b, a })).toString("hex")).toBe(golden);
  expect(decodeSafetensors(Buffer.from(golden, "hex")).arrays).toEqual({ a, b });
});

const anyArrays = fc.dictionary(
  fc.string().filter((name) => name !== "__metadata__"),
  fc
    .array(fc.nat(3), { maxLength: 3 })
    .chain((shape) =>
      fc
        .array(fc.float(), { minLength: size(shape), maxLength: size(shape) })
        .map((data) => ({ shape, data: Float32Array.from(data) })),
    ),
  { noNullPrototype: true },
);

function size(shape: readonly number[]): number {
  return shape.reduce((a, b) => a * b, 1);
}

test("any arrays and metadata come back, from any alignment", () => {
  fc.assert(
    fc.property(anyArrays, fc.nat(7), (arrays, shift) => {
      const bytes = encodeSafetensors(arrays, { step: "3" });
      const shifted = new Uint8Array(bytes.length + shift);
      shifted.set(bytes, shift);
      expect(decodeSafetensors(shifted.subarray(shift))).toEqual({ arrays, metadata: { step: "3" } });
    }),
  );
});

function file(header: unknown, dataBytes: number): Uint8Array {
  const json = Buffer.from(typeof header === "string" ? header : JSON.stringify(header));
  const length = Buffer.alloc(8);
  length.writeUInt32LE(json.length);
  return Buffer.concat([length, json, Buffer.alloc(dataBytes)]);
}

const entry = (from: number, to: number, shape: unknown = [(to - from) / 4], dtype = "F32") => ({
  dtype,
  shape,
  data_offsets: [from, to],
});

test.each([
  ["no header length", new Uint8Array(7), "expected 8 bytes of header length, found 7"],
  ["a header longer than the file", Buffer.from("ff00000000000000", "hex"), "found a length of 255"],
  ["an enormous header", Buffer.from("ffffffffffffffff7b7d", "hex"), "found a length of 18446744073709551615"],
  ["broken JSON", file("{", 0), "expected a JSON header"],
  ["a list", file([], 0), "expected the header to be an object"],
  ["another type", file({ a: entry(0, 4, [1], "F64") }, 4), 'a: expected dtype F32 or F16, found "F64"'],
  ["a negative size", file({ a: entry(0, 4, [-1]) }, 4), "a: expected a shape of whole numbers, found [-1]"],
  ["an overflowing shape", file({ a: entry(0, 4, [2 ** 40, 2 ** 40]) }, 4), "found 4"],
  ["a shape of another size", file({ a: entry(0, 8, [1]) }, 8), "a: expected 4 bytes for [1], found 8"],
  ["an overlap", file({ a: entry(0, 8), b: entry(4, 12) }, 12), "b: expected data at 8 (no hole, no overlap), found 4"],
  ["a hole", file({ a: entry(4, 8) }, 8), "a: expected data at 0"],
  ["missing data", file({ a: entry(0, 8) }, 4), "expected "],
  ["data nobody names", file({ a: entry(0, 4) }, 8), "expected "],
  ["metadata that is not text", file({ __metadata__: { a: 1 } }, 0), "expected __metadata__ to map names to text"],
])("%s is refused", (_, bytes, message) => {
  expect(() => decodeSafetensors(bytes)).toThrow(message);
});

test("an array that does not fit its shape is not written", () => {
  expect(() => encodeSafetensors({ a: { shape: [2], data: new Float32Array(3) } })).toThrow(
    "a: expected 2 numbers for [2], found 3",
  );
});

const REFERENCE = readFileSync(resolve(import.meta.dirname, "../../golden/reference.safetensors"));
const ARRAYS = {
  a: { shape: [3], data: Float32Array.of(-0, 1e-40, 3.4e38) },
  "b.weight": { shape: [2, 3], data: Float32Array.from([0, 1, 2, 3, 4, 5], (x) => x / 7) },
  empty: { shape: [0, 4], data: new Float32Array(0) },
};

test("what the reference implementation wrote is read", () => {
  const { arrays, metadata } = decodeSafetensors(REFERENCE);
  expect(arrays).toEqual({ ...ARRAYS, half: { shape: [1, 2], data: Float32Array.of(1.5, -2.25) } });
  expect(Object.is(arrays.a!.data[0], -0)).toBe(true);
  expect(metadata).toEqual({ made: "safetensors" });
});

/** Each of these files was read by the reference implementation (safetensors 0.8.0), with these numbers. */
test.each([
  ["F32", "a755b8dcb5bc86f55ff2d8e8457fa19f94055a0d607c9b31a1b25c09dcc45b32"],
  ["F16", "7b0575bce8f0ea529edea4da33e947eabf5e6e77cd8314a0419158cddbf6f292"],
] as const)("what is written as %s is what the reference implementation has read", (dtype, hash) => {
  const { a, ...whole } = ARRAYS;
  const bytes = encodeSafetensors(dtype === "F32" ? { a, ...whole } : whole, { made: "reverie" }, dtype);
  expect(sha256(bytes)).toBe(hash);
});
