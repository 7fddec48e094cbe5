import { expect, test } from "vitest";
import { Follower } from "../../calibration/follow.ts";
import { place } from "../../calibration/placement.ts";
import { fc } from "../properties.ts";

test("a joint is followed over its encoder's seam, and a damaged reading moves nothing", () => {
  const follower = new Follower(1, 4096, 10_000);
  const path = [4000, 4090, 5, 120, 300];
  for (const [i, raw] of path.entries()) follower.take([raw], i / 50);
  expect(follower.at(0)).toBe(4096 + 300);
  follower.take([2200], 5 / 50);
  expect(follower.at(0)).toBe(4096 + 300);
  follower.take([undefined], 6 / 50);
  expect(follower.silence(0, 6 / 50)).toBeCloseTo(2 / 50, 9);
  follower.take([350], 7 / 50);
  expect(follower.at(0)).toBe(4096 + 350);
});

test("a joint that was known before is found in its range again", () => {
  const follower = new Follower(2, 4096, 10_000, [[3900, 4500], undefined]);
  follower.take([100, 100], 0);
  expect([follower.at(0), follower.at(1)]).toEqual([4196, 100]);
});

test("wherever a range lies, a servo that moves its seam gets it between two, and stays what it is", () => {
  const homing = { sign: -1, most: 2047, movesSeam: true } as const;
  fc.assert(
    fc.property(fc.integer({ min: -9000, max: 9000 }), fc.integer({ min: 10, max: 4000 }), (low, span) => {
      const { offset, min, max, zero } = place("joint", { low, high: low + span, zero: low + 5 }, 4096, homing);
      expect(min).toBeGreaterThanOrEqual(0);
      expect(max).toBeLessThanOrEqual(4095);
      expect([max - min, zero - min]).toEqual([span, 5]);
      expect((((low - offset!) % 4096) + 4096) % 4096).toBe(min);
      expect(Math.abs(offset!)).toBeLessThanOrEqual(2047);
    }),
  );
  expect(() => place("joint", { low: 0, high: 4096, zero: 0 }, 4096, homing)).toThrow(
    /joint: expected a range of less than a turn, 4096 counts, found 4096/,
  );
});
