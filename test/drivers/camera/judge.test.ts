import { expect, test } from "vitest";
import { Judge } from "../../../drivers/camera/judge.ts";

const ms = (time: number) => BigInt(time) * 1_000_000n;
const picture = (value: number) => new Uint8Array(12).fill(value);

test("a picture that was not seen before is new; the same again is not, nor one of a few that take turns", () => {
  const judge = new Judge();
  expect(judge.judge(picture(1), ms(0)).newNs).toBe(ms(0));
  expect(judge.judge(picture(2), ms(10)).newNs).toBe(ms(10));
  for (let i = 2; i < 50; i++) expect(judge.judge(picture(1 + (i % 2)), ms(10 * i)).newNs).toBe(ms(10));
  expect(judge.repeats).toBe(48);
  expect(judge.judge(picture(3), ms(500)).newNs).toBe(ms(500));
});

test("one value of one pixel makes a picture new", () => {
  const judge = new Judge();
  judge.judge(picture(5), ms(0));
  const other = picture(5);
  other[11] = 6;
  expect(judge.judge(other, ms(10)).newNs).toBe(ms(10));
  expect(judge.repeats).toBe(0);
});

test("the rate is that of the last frames, and not known before there are enough", () => {
  const judge = new Judge();
  for (let i = 0; i < 15; i++) expect(judge.judge(picture(i), ms(40 * i)).rate).toBe(0);
  expect(judge.judge(picture(15), ms(40 * 15)).rate).toBeCloseTo(25);
  for (let i = 1; i <= 15; i++) judge.judge(picture(15 + i), ms(600 + 100 * i));
  expect(judge.judge(picture(99), ms(600 + 1600)).rate).toBeCloseTo(10);
  judge.restart();
  expect(judge.judge(picture(100), ms(9000)).rate).toBe(0);
});

test("brightness is the mean", () => {
  const judge = new Judge();
  expect(judge.judge(Uint8Array.of(0, 10, 20, 50), 0n).brightness).toBe(20);
  expect(judge.judge(picture(0), 1n).brightness).toBe(0);
});
