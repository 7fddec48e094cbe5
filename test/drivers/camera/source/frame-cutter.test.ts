import { expect, test } from "vitest";
import { FrameCutter } from "../../../../drivers/camera/source/frame-cutter.ts";
import { fc } from "../../../properties.ts";

test("however the bytes arrive, frames come out whole, in order, each with the time of its first byte", () => {
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 9 }), fc.array(fc.integer({ min: 0, max: 20 })), (size, pieces) => {
      const frames: [number[], bigint][] = [];
      const cutter = new FrameCutter(size, (data, timeNs) => frames.push([[...data], timeNs]));
      const arrived: bigint[] = [];
      pieces.forEach((length, i) => {
        const piece = Uint8Array.from({ length }, (_, k) => arrived.length + k);
        for (let k = 0; k < length; k++) arrived.push(BigInt(i));
        cutter.push(piece, BigInt(i));
      });
      const whole = Math.floor(arrived.length / size);
      expect(frames).toEqual(
        Array.from({ length: whole }, (_, f) => [
          Array.from({ length: size }, (_, k) => (f * size + k) % 256),
          arrived[f * size],
        ]),
      );
    }),
  );
});

test("a frame that was handed out is not written to again", () => {
  const frames: Uint8Array[] = [];
  const cutter = new FrameCutter(2, (data) => frames.push(data));
  cutter.push(Uint8Array.of(1, 2, 3, 4), 0n);
  expect(frames).toEqual([Uint8Array.of(1, 2), Uint8Array.of(3, 4)]);
});
