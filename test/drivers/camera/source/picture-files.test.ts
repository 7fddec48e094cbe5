import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { crc32, deflateSync } from "node:zlib";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import type { Picture } from "../../../../drivers/camera/picture.ts";
import { picturesSource } from "../../../../drivers/camera/source/pictures.ts";
import { decodePng } from "../../../../drivers/camera/source/png.ts";
import { decodePpm } from "../../../../drivers/camera/source/ppm.ts";

const bytes = (text: string, ...pixels: number[]) => Uint8Array.from([...Buffer.from(text), ...pixels]);

function chunk(kind: string, data: Uint8Array): Buffer {
  const body = Buffer.concat([Buffer.from(kind), data]);
  const [length, sum] = [Buffer.alloc(4), Buffer.alloc(4)];
  length.writeUInt32BE(data.length);
  sum.writeUInt32BE(crc32?.(body) ?? 0);
  return Buffer.concat([length, body, sum]);
}

/** Lines as they stand in the file, each with its filter in front. */
function png(
  width: number,
  height: number,
  type: number,
  lines: number[],
  { depth = 8, interlaced = 0 } = {},
): Uint8Array {
  const header = Buffer.alloc(13);
  header.writeUInt32BE(width);
  header.writeUInt32BE(height, 4);
  header.set([depth, type, 0, 0, interlaced], 8);
  const data = deflateSync(Uint8Array.from(lines));
  const signature = Uint8Array.of(0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a);
  const cut = data.length >> 1;
  return Buffer.concat([
    signature,
    chunk("IHDR", header),
    chunk("tEXt", Buffer.from("Comment")),
    chunk("IDAT", data.subarray(0, cut)),
    chunk("IDAT", data.subarray(cut)),
    chunk("IEND", Buffer.alloc(0)),
  ]);
}

test("a PPM and a PGM are their pixels", () => {
  expect(decodePpm(bytes("P6 2 1 255\n", 1, 2, 3, 4, 5, 6))).toEqual({
    data: Uint8Array.of(1, 2, 3, 4, 5, 6),
    width: 2,
    height: 1,
    channels: 3,
  });
  const grey = decodePpm(bytes("P5\n# by hand 9 9\n1 2\n255\n", 10, 32));
  expect(grey).toEqual({ data: Uint8Array.of(10, 32), width: 1, height: 2, channels: 1 });
});

test.each([
  ["P3 1 1 255\n", 'expected P5 or P6, found "P3"'],
  ["P6 1 x 255\n", "expected a size, found 1 × NaN"],
  ["P6 1 1 65535\n", "expected values up to 255, found up to 65535"],
  ["P6 2 1 255\n123", "expected 6 bytes of pixels, found 3"],
  ["", 'expected P5 or P6, found ""'],
])("a PPM that is none is refused: %j", (text, message) => {
  expect(() => decodePpm(bytes(text))).toThrow(message);
});

test("a PNG is its pixels, whatever filters its lines have", () => {
  const wanted = [10, 20, 30, 40, 60, 50, 70, 90, 200, 100, 0, 255, 5, 4, 3, 2, 1, 9, 8, 7];
  const lines = [
    [0, 10, 20, 30, 40],
    [1, 60, 246, 20, 20], // from the left
    [2, 140, 50, 186, 165], // from above
    [3, 161, 208, 1, 129], // from the mean of both: 5−100, 4−(5+100 >> 1), 3−(4+0 >> 1), 2−(3+255 >> 1)
    [4, 252, 8, 255, 255], // Paeth: left, above or corner, whichever is nearest to left + above − corner
  ];
  const picture = decodePng(png(4, 5, 0, lines.flat()));
  expect(picture).toMatchObject({ width: 4, height: 5, channels: 1 });
  expect([...picture.data]).toEqual(wanted);
});

test("what is transparent is left out", () => {
  expect(decodePng(png(2, 1, 6, [0, 1, 2, 3, 99, 4, 5, 6, 99]))).toMatchObject({
    data: Uint8Array.of(1, 2, 3, 4, 5, 6),
    channels: 3,
  });
  expect(decodePng(png(2, 1, 4, [0, 7, 99, 8, 99]))).toMatchObject({ data: Uint8Array.of(7, 8), channels: 1 });
});

test("a PNG that is none, or of a kind that is not read, is refused", () => {
  expect(() => decodePng(bytes("GIF89a"))).toThrow("png: expected a PNG");
  expect(() => decodePng(png(1, 1, 3, [0, 0]))).toThrow("found 8 bits, colour type 3, interlacing 0");
  expect(() => decodePng(png(1, 1, 2, [0, 0, 0], { depth: 16 }))).toThrow("found 16 bits");
  expect(() => decodePng(png(1, 1, 0, [0, 0], { interlaced: 1 }))).toThrow("interlacing 1");
  expect(() => decodePng(png(2, 2, 0, [0, 1, 2]))).toThrow("png: expected 6 bytes, found 3");
  expect(() => decodePng(png(2, 1, 0, [7, 1, 2]))).toThrow("filter from 0 to 4 in line 0, found 7");
  expect(() => decodePng(png(1, 1, 0, [0, 1]).subarray(0, 20))).toThrow("expected 13 bytes of IHDR, found its end");
});

let directory = "";
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), "reverie-pictures-"));
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
  rmSync(directory, { recursive: true, force: true });
});

function play(rateHz: number): { shown: [number, bigint][]; ended: string[]; stop: () => Promise<void> } {
  const shown: [number, bigint][] = [];
  const ended: string[] = [];
  const now = () => BigInt(Date.now()) * 1_000_000n;
  const begin = now();
  const onPicture = ({ data }: Picture, timeNs: bigint) => void shown.push([data[0]!, (timeNs - begin) / 1_000_000n]);
  const running = picturesSource(
    { kind: "pictures", directory, rateHz },
    now,
  )({ onPicture, onEnd: (why) => ended.push(why) });
  return { shown, ended, stop: () => running.stop() };
}

test("a directory is played in the order of names, at its rate, again and again", async () => {
  writeFileSync(join(directory, "b.pgm"), bytes("P5 1 1 255\n", 2));
  writeFileSync(join(directory, "a.png"), png(1, 1, 0, [0, 1]));
  writeFileSync(join(directory, "notes.txt"), "none of this");
  const { shown, ended, stop } = play(10);
  vi.advanceTimersByTime(350);
  await stop();
  vi.advanceTimersByTime(1000);
  expect(shown).toEqual([
    [1, 100n],
    [2, 200n],
    [1, 300n],
  ]);
  expect(ended).toEqual([]);
});

test("a directory without pictures, and a picture that is damaged, end it by name", () => {
  const empty = play(10);
  vi.advanceTimersByTime(500);
  expect(empty.ended).toEqual([`${directory}: expected .ppm, .pgm, .png files, found none; convert others to these`]);
  writeFileSync(join(directory, "a.ppm"), bytes("P6 9 9 255\n"));
  const damaged = play(10);
  vi.advanceTimersByTime(500);
  expect(damaged.ended).toEqual([`${join(directory, "a.ppm")}: ppm: expected 243 bytes of pixels, found 0`]);
});
