import { expect, test } from "vitest";
import { StepRing } from "../../../runtime/supervisor/ring.ts";
import { fc } from "../../properties.ts";

const step = (sequence: number) => ({ type: "step", sequence, episode: 0, row: new Uint8Array(0) }) as const;

test("holds what was pushed and not trimmed, as far as there is room, and counts what it gave up", () => {
  fc.assert(
    fc.property(fc.nat(50), fc.nat(60), fc.integer({ min: 1, max: 20 }), fc.nat(80), (start, count, capacity, trim) => {
      const ring = new StepRing(capacity, 0);
      for (let i = 0; i < count; i++) ring.push(step(start + i));
      expect(ring.dropped).toBe(Math.max(0, count - capacity));
      ring.trim(trim);
      const first = Math.max(start + ring.dropped, trim);
      const end = start + count;
      expect(ring.length).toBe(Math.max(0, end - first));
      for (let sequence = 0; sequence < end + 3; sequence++) {
        const expected = Math.max(sequence, first);
        expect(ring.from(sequence)?.sequence).toBe(expected < end ? expected : undefined);
      }
    }),
  );
});

test("of images too many, the oldest are given up and their steps stay", () => {
  const ring = new StepRing(10, 25);
  const images = [{ name: "eye", encoding: "raw", data: new Uint8Array(10) }] as const;
  for (let i = 0; i < 5; i++) ring.push({ ...step(i), images });
  expect([0, 1, 2, 3, 4].map((i) => ring.from(i)?.images !== undefined)).toEqual([false, false, false, true, true]);
  expect(ring).toMatchObject({ dropped: 0, imagesDropped: 3 });
  ring.trim(4);
  ring.push({ ...step(5), images });
  expect(ring.imagesDropped).toBe(3);
});
