import fc from "fast-check";
import { expect, test } from "vitest";
import { StepRing } from "../../../runtime/supervisor/ring.ts";

const step = (sequence: number) => ({ type: "step", sequence, episode: 0, row: new Uint8Array(0) }) as const;

test("holds what was pushed and not trimmed, as far as there is room, and counts what it gave up", () => {
  fc.assert(
    fc.property(fc.nat(50), fc.nat(60), fc.integer({ min: 1, max: 20 }), fc.nat(80), (start, count, capacity, trim) => {
      const ring = new StepRing(capacity);
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
