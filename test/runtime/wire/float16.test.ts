import { expect, test } from "vitest";
import { fromFloat16, toFloat16 } from "../../../runtime/wire/float16.ts";
import { decodeSafetensors, encodeSafetensors } from "../../../runtime/wire/safetensors.ts";
import { draws, fc } from "../../properties.ts";

const FINITE = Uint16Array.from({ length: 0x10000 }, (_, i) => i).filter((half) => (half & 0x7c00) !== 0x7c00);

test.each([
  [0x0000, 0],
  [0x0001, 2 ** -24],
  [0x0400, 2 ** -14],
  [0x3c00, 1],
  [0x3555, 0.333251953125],
  [0xc000, -2],
  [0x7bff, 65504],
])("%i is %f", (half, value) => {
  expect(fromFloat16(Uint16Array.of(half))[0]).toBe(value);
});

test("every finite half comes back", () => {
  expect(toFloat16(fromFloat16(FINITE))).toEqual(FINITE);
});

test("a number becomes the nearest half, the even one of two as near", () => {
  const ladder = fromFloat16(FINITE.filter((half) => half < 0x8000));
  const float = fc.float({ min: Math.fround(-65503), max: Math.fround(65503), noNaN: true });
  const between = fc.nat(ladder.length - 2).map((i) => (ladder[i]! + ladder[i + 1]!) / 2);
  fc.assert(
    fc.property(fc.oneof(float, between), (value) => {
      const [half] = toFloat16(Float32Array.of(value));
      const at = half! & 0x7fff;
      const miss = (i: number) => Math.abs(Math.abs(value) - (ladder[i] ?? Number.POSITIVE_INFINITY));
      for (const neighbour of [at - 1, at + 1]) {
        expect(miss(at)).toBeLessThanOrEqual(miss(neighbour));
        if (miss(at) === miss(neighbour)) expect(at % 2).toBe(0);
      }
      expect(half! >>> 15).toBe(Object.is(value, -0) || value < 0 ? 1 : 0);
    }),
    { numRuns: draws(2000) },
  );
});

test.each([65520, -1e9, Number.NaN, Number.POSITIVE_INFINITY])("%f is refused", (value) => {
  expect(() => toFloat16(Float32Array.of(value))).toThrow(
    `expected numbers within ±65504, found ${Math.fround(value)}`,
  );
});

test("a file of halves is read like any other, in half the bytes", () => {
  const arrays = {
    a: { shape: [3], data: Float32Array.of(1, -0.25, 1.5) },
    b: { shape: [], data: Float32Array.of(7) },
  };
  const bytes = encodeSafetensors(arrays, {}, "F16");
  expect(decodeSafetensors(bytes).arrays).toEqual(arrays);
  const header = Number(new DataView(bytes.buffer).getBigUint64(0, true));
  expect(bytes.length).toBe(8 + header + 2 * 4);
});
