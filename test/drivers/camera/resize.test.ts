import { expect, test } from "vitest";
import { type Picture, withChannels } from "../../../drivers/camera/picture.ts";
import { resized } from "../../../drivers/camera/resize.ts";
import { fc } from "../../properties.ts";

const grey = (width: number, data: number[]): Picture => ({
  data: Uint8Array.from(data),
  width,
  height: data.length / width,
  channels: 1,
});

test("area: each pixel is the mean of what it covers", () => {
  const picture = grey(4, [0, 10, 20, 30, 40, 50, 60, 70, 1, 2, 3, 4, 5, 6, 7, 8]);
  expect([...resized(picture, { width: 2, height: 2 }).data]).toEqual([25, 45, 4, 6]); // 25, 45, 3.5, 5.5
});

test("area: a pixel that lies between two counts in both, by its share", () => {
  // Three pixels to two: the middle one half here, half there.
  expect([...resized(grey(3, [30, 60, 120]), { width: 2, height: 1 }).data]).toEqual([40, 100]);
  expect([...resized(grey(1, [30, 60, 120]), { width: 1, height: 2 }).data]).toEqual([40, 100]);
});

test("area: colours do not mix", () => {
  const picture = { data: Uint8Array.of(10, 100, 200, 30, 120, 220), width: 2, height: 1, channels: 3 };
  expect([...resized(picture, { width: 1, height: 1 }).data]).toEqual([20, 110, 210]);
});

test("nearest: each pixel is the one in its middle", () => {
  const picture = grey(4, [0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15]);
  expect([...resized(picture, { width: 2, height: 2 }, "nearest").data]).toEqual([5, 7, 13, 15]);
  expect([...resized(grey(2, [7, 9]), { width: 4, height: 1 }, "nearest").data]).toEqual([7, 7, 9, 9]);
});

test("a crop is only what it shows", () => {
  const picture = grey(4, [0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11]);
  const crop = { x: 1, y: 1, width: 2, height: 2 };
  for (const method of ["area", "nearest"] as const) {
    expect([...resized(picture, { width: 2, height: 2 }, method, crop).data]).toEqual([5, 6, 9, 10]);
  }
  expect([...resized(picture, { width: 1, height: 1 }, "area", crop).data]).toEqual([8]); // 7.5
  expect(() => resized(picture, { width: 1, height: 1 }, "area", { ...crop, x: 3 })).toThrow(
    "crop: expected a rectangle in 4 × 3, found 2 × 2 at 3, 1",
  );
});

test("whatever the sizes: one colour stays itself, the same size stays as it is, the mean stays the mean", () => {
  const side = fc.integer({ min: 1, max: 40 });
  fc.assert(
    fc.property(side, side, side, side, fc.integer({ min: 0, max: 255 }), (w, h, width, height, value) => {
      const flat = grey(w, new Array(w * h).fill(value));
      expect(new Set(resized(flat, { width, height }).data)).toEqual(new Set([value]));
      const mixed = grey(
        w,
        [...flat.data].map((_, i) => (i * 37 + value) % 256),
      );
      expect(resized(mixed, { width: w, height: h }).data).toEqual(mixed.data);
      // Each number is rounded once; the last digits are those of the sums.
      const mean = (data: Uint8Array) => data.reduce((sum, x) => sum + x, 0) / data.length;
      expect(Math.abs(mean(resized(mixed, { width, height }).data) - mean(mixed.data))).toBeLessThanOrEqual(0.5 + 1e-9);
    }),
  );
});

test("grey becomes RGB and RGB grey", () => {
  expect([...withChannels(grey(2, [3, 9]), 3).data]).toEqual([3, 3, 3, 9, 9, 9]);
  const picture = { data: Uint8Array.of(255, 0, 0, 0, 255, 0, 0, 0, 255, 9, 9, 9), width: 4, height: 1, channels: 3 };
  expect([...withChannels(picture, 1).data]).toEqual([76, 150, 29, 9]);
  expect(withChannels(picture, 3)).toBe(picture);
});
