import { expect, test } from "vitest";
import { type Ring, ringEnd, ringRows, ringStart, slotOf } from "../../../learner/replay/ring.ts";
import { blocksFor } from "../../../learner/replay/room.ts";
import { ReplayStore } from "../../../learner/replay/store.ts";
import { draws, fc } from "../../properties.ts";
import { countedRow, SIZES } from "./counted-rows.ts";

function rowsOf(ring: Ring): number[] {
  const from = ringStart(ring);
  return Array.from({ length: ringEnd(ring) - from }, (_, i) => ring.observations[2 * slotOf(ring, from + i) + 1]!);
}

test("whatever comes in whatever order, each stream keeps its newest rows, and the memory never grows beyond its blocks", () => {
  fc.assert(
    fc.property(
      fc.constantFrom(1, 2, 4, 8),
      fc.integer({ min: 1, max: 40 }),
      fc.array(fc.integer({ min: 0, max: 5 }), { maxLength: 150 }),
      (blockRows, capacity, arrivals) => {
        const rings: Ring[] = [];
        const store = new ReplayStore(SIZES, capacity, (ring) => rings.push(ring), blockRows);
        const next = [0, 0, 0, 0, 0, 0];
        const slots = blocksFor(capacity, blockRows) * blockRows;
        for (const stream of arrivals) {
          store.append(String(stream), countedRow(stream, next[stream]!++));
          const kept = rings.map(rowsOf);
          const all = kept.flat().length;
          expect(all <= capacity).toBe(true);
          if (rings.length === 1) expect(all).toBe(Math.min(capacity, next[stream]!));
          for (const [i, { stream: name }] of rings.entries()) {
            const end = next[Number(name)]!;
            expect(kept[i]).toEqual(Array.from({ length: kept[i]!.length }, (_, at) => end - kept[i]!.length + at));
          }
          expect(rings[0]!.flags.length).toBeLessThanOrEqual(slots);
        }
      },
    ),
    { numRuns: draws(40) },
  );
});

test("streams share a full memory alike, in whatever order they were filled", () => {
  const filled = (arrivals: readonly string[]) => {
    const rings: Ring[] = [];
    const store = new ReplayStore(SIZES, 90, (ring) => rings.push(ring), 4);
    for (const [i, name] of arrivals.entries()) store.append(name, countedRow(0, i));
    return ringRows(rings);
  };
  const [a, b, c] = ["a", "b", "c"].map((name) => new Array<string>(100).fill(name)) as [string[], string[], string[]];
  const inTurn = a.flatMap((name, i) => [name, b[i]!, c[i]!]);
  for (const arrivals of [[...a, ...b, ...c], [...c, ...a, ...b], inTurn]) {
    for (const rows of Object.values(filled(arrivals))) expect(Math.abs(rows - 30)).toBeLessThanOrEqual(8);
  }
  expect(filled([...a, ...b.slice(0, 10)])).toEqual({ a: 80, b: 10 });
});
