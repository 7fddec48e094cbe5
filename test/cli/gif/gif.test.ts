import { createHash } from "node:crypto";
import { expect, test } from "vitest";
import { Gif } from "../../../runtime/cli/gif/gif.ts";
import { encodeLzw } from "../../../runtime/cli/gif/lzw.ts";
import { ColourCount } from "../../../runtime/cli/gif/palette.ts";
import { Random } from "../../../runtime/random.ts";
import { fc } from "../../properties.ts";
import { decodeGif, decodeLzw } from "./decode.ts";

function unblocked(data: Uint8Array): Uint8Array {
  const parts: Uint8Array[] = [];
  let at = 1;
  for (; data[at]! > 0; at += 1 + data[at]!) parts.push(data.subarray(at + 1, at + 1 + data[at]!));
  expect(at).toBe(data.length - 1);
  return Buffer.concat(parts);
}

const roundTrip = (indices: Uint8Array) => Uint8Array.from(decodeLzw(8, unblocked(encodeLzw(indices))));

test("any indices come back", () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 2000, max: 5 }), (indices) => {
      expect(roundTrip(indices)).toEqual(indices);
    }),
  );
});

test.each([254, 255, 256, 257, 510, 511, 512, 767, 3838, 3839, 3840, 3841, 9000])(
  "%i indices without a pattern come back: every code length, and a full table",
  (length) => {
    const random = new Random(length, "indices");
    const indices = Uint8Array.from({ length }, () => random.integer(256));
    expect(roundTrip(indices)).toEqual(indices);
  },
);

test("a long run takes few bytes", () => {
  const run = new Uint8Array(50_000).fill(7);
  expect(encodeLzw(run).length).toBeLessThan(500);
  expect(roundTrip(run)).toEqual(run);
});

const RED = [255, 0, 0];
const GREY = [120, 121, 122];
const picture = (...pixels: number[][]) => Uint8Array.from(pixels.flat());

test("an animation of a few colours is these bytes, and plays as it was", () => {
  const gif = new Gif(2, 2, 30);
  const pictures = [
    picture(RED, GREY, GREY, GREY),
    picture(RED, GREY, GREY, RED),
    picture(RED, GREY, GREY, RED),
    picture(GREY, GREY, RED, RED),
  ];
  for (const each of pictures) gif.add(each);
  const bytes = gif.encode();
  const { frames, ...rest } = decodeGif(bytes);
  expect(rest).toEqual({ width: 2, height: 2, loops: true });
  expect(frames.map((frame) => frame.picture)).toEqual(pictures);
  expect(frames.map(({ delay }) => delay)).toEqual([3, 4, 3, 3]);
  expect(createHash("sha256").update(bytes).digest("hex").slice(0, 16)).toBe("8f9d34b5b63f7f99");
});

test("any animation plays nearly as it was", () => {
  const random = new Random(1, "pictures");
  const pictures = Array.from({ length: 4 }, () =>
    Uint8Array.from({ length: 3 * 40 * 30 }, (_, i) => (i + random.integer(60)) % 256),
  );
  const gif = new Gif(40, 30, 20);
  for (const each of pictures) gif.add(each);
  const { frames } = decodeGif(gif.encode());
  frames.forEach(({ picture }, i) => {
    const error = picture.reduce((sum, value, at) => sum + Math.abs(value - pictures[i]![at]!), 0) / picture.length;
    expect(error).toBeLessThan(30);
  });
});

test("the commonest colours are kept to the bit, others get the nearest of them", () => {
  const count = new ColourCount();
  const bins = count.take(picture(RED, RED, RED, GREY, GREY, [250, 10, 0], [0, 0, 9]));
  const { colours, indexOf } = count.palette(2);
  expect([...colours]).toEqual([...RED, ...GREY]);
  expect([...bins].map((bin) => indexOf[bin])).toEqual([0, 0, 0, 1, 1, 0, 1]);
});

test.each([
  [() => new Gif(0, 2, 20), "expected sizes from 1 to 65535 pixels, found 0"],
  [() => new Gif(2, 2, 60), "expected up to 50 frames a second, found 60"],
  [() => new Gif(2, 2, 20).add(new Uint8Array(11)), "expected 12 bytes, found 11"],
])("what cannot be is refused", (make, message) => {
  expect(make).toThrow(message);
});
