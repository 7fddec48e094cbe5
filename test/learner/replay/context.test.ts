import { expect, test } from "vitest";
import { readContext, writeContext } from "../../../learner/replay/context.ts";
import type { Ring } from "../../../learner/replay/ring.ts";
import { sampleSequences } from "../../../learner/replay/sampler.ts";
import { ReplayStore } from "../../../learner/replay/store.ts";
import { Random } from "../../../runtime/random.ts";
import { countedRow } from "./counted-rows.ts";

const SIZES = { observation: 2, action: 1, context: { deter: 3, groups: 2 } };
const SETTINGS = { batch: 12, length: 4, recentShare: 0.25, recentSteps: 20 };

function memory(capacity: number) {
  const rings: Ring[] = [];
  const store = new ReplayStore(SIZES, capacity, (ring) => rings.push(ring), 4);
  let count = 0;
  const append = (rows: number) => {
    for (let i = 0; i < rows; i++) store.append("a", countedRow(0, count++, 10));
  };
  return { rings, append };
}

const stateOf = (row: number) => ({
  deter: new Float32Array(3).fill(row / 8),
  stoch: new Uint8Array(2).fill(row % 16),
});
const empty = () => ({ deter: new Float32Array(3), stoch: new Uint8Array(2) });

test("a state is of the row it was written for, and is gone with it: never another row's in the same place", () => {
  const { rings, append } = memory(40);
  append(30);
  const ring = rings[0]!;
  for (let row = 0; row < 30; row += 2) writeContext(ring, row, stateOf(row), 0);
  append(300);
  for (let row = 0; row < 330; row++) expect(readContext(ring, row, empty(), 0)).toBe(false);
  for (let row = 0; row < 330; row += 2) writeContext(ring, row, stateOf(row), 0);
  for (let row = 0; row < 340; row++) {
    const out = empty();
    const known = readContext(ring, row, out, 0);
    expect(known).toBe(row >= 290 && row < 330 && row % 2 === 0);
    if (known) expect(out).toEqual(stateOf(row));
  }
});

test("sequences start from the state before them where one is known and the stream did not break, else as ever", () => {
  const { rings, append } = memory(100);
  append(100);
  const ring = rings[0]!;
  for (let row = 0; row < 100; row += 3) writeContext(ring, row, stateOf(row), 0);
  const random = new Random(2);
  let knownOnes = 0;
  for (let i = 0; i < 20; i++) {
    const { batch, places, context } = sampleSequences(rings, SETTINGS, random, { context: true })!;
    for (const [b, { row }] of places.entries()) {
      const known = row > 0 && row % 10 !== 0 && (row - 1) % 3 === 0;
      knownOnes += known ? 1 : 0;
      expect([row, context!.known[b], batch.isFirst[b]]).toEqual([row, known ? 1 : 0, known ? 0 : 1]);
      if (known) {
        expect(context!.deter.slice(3 * b, 3 * b + 3)).toEqual(stateOf(row - 1).deter);
        expect(context!.stoch.slice(2 * b, 2 * b + 2)).toEqual(stateOf(row - 1).stoch);
      }
      for (let t = 1; t < 4; t++) expect(batch.isFirst[12 * t + b]).toBe((row + t) % 10 === 0 ? 1 : 0);
    }
  }
  expect(knownOnes).toBeGreaterThan(20);
});

test("nobody who does not ask for states gets any, and a memory without room for them says so", () => {
  const { rings, append } = memory(100);
  append(50);
  for (let row = 0; row < 50; row++) writeContext(rings[0]!, row, stateOf(row), 0);
  const { batch, context } = sampleSequences(rings, SETTINGS, new Random(2))!;
  expect(context).toBeUndefined();
  expect(Array.from(batch.isFirst.subarray(0, 12))).toEqual(new Array(12).fill(1));
  const plain: Ring[] = [];
  new ReplayStore({ observation: 2, action: 1 }, 10, (ring) => plain.push(ring)).append("a", countedRow(0, 0));
  expect(() => writeContext(plain[0]!, 0, stateOf(0), 0)).toThrow("replay: expected room for states, found none");
});
