import { expect, test } from "vitest";
import type { Ring } from "../../../learner/replay/ring.ts";
import { type SamplerSettings, sampleSequences } from "../../../learner/replay/sampler.ts";
import { ReplayStore } from "../../../learner/replay/store.ts";
import { Random } from "../../../runtime/random.ts";
import { draws, fc } from "../../properties.ts";
import { countedRow, fill, SIZES } from "./counted-rows.ts";

const NOTHING = { uniform: 0, recency: 0, ends: 0, halfLife: 20 };

/** How often each start was drawn, by stream and row, as shares; the newest sequence of each batch left out. */
function shares(rings: readonly Ring[], settings: Partial<SamplerSettings>, batches = 300): Map<string, number> {
  const all = { batch: 65, length: 6, recentShare: 0, recentSteps: 10, ...settings };
  const random = new Random(17);
  const counts = new Map<string, number>();
  for (let i = 0; i < batches; i++) {
    const { places } = sampleSequences(rings, all, random)!;
    for (const { ring, row } of places.slice(1)) {
      const start = `${ring.stream}/${row}`;
      counts.set(start, (counts.get(start) ?? 0) + 1);
    }
  }
  return new Map([...counts].map(([start, count]) => [start, count / (64 * batches)]));
}

const shareOf = (found: Map<string, number>, keep: (stream: string, row: number) => boolean): number =>
  [...found].reduce((sum, [start, share]) => {
    const [stream, row] = start.split("/");
    return keep(stream!, Number(row)) ? sum + share : sum;
  }, 0);

/** Largest distance between the two distribution functions over one stream's rows. */
function distance(found: Map<string, number>, stream: string, weight: (row: number) => number, rows: number): number {
  const total = Array.from({ length: rows }, (_, row) => weight(row)).reduce((sum, each) => sum + each, 0);
  let [expected, drawn, worst] = [0, 0, 0];
  for (let row = 0; row < rows; row++) {
    expected += weight(row) / total;
    drawn += found.get(`${stream}/${row}`) ?? 0;
    worst = Math.max(worst, Math.abs(expected - drawn));
  }
  return worst;
}

// 19,200 draws: a distance of 0.02 is met by chance in fewer than one of a million.
const TOLERANCE = 0.02;

test("uniform draws every start alike, of one robot and, by rows, of several", () => {
  const alone = shares(fill(new Array(100).fill(0), 1000), {});
  expect(distance(alone, "robot-0", () => 1, 95)).toBeLessThan(TOLERANCE);
  const several = shares(fill([...new Array(105).fill(0), ...new Array(35).fill(1)], 1000), {});
  expect(shareOf(several, (stream) => stream === "robot-0")).toBeCloseTo(100 / 130, 1);
});

test("recency halves the probability with every half-life of age", () => {
  fc.assert(
    fc.property(fc.constantFrom(1, 3, 20, 100, 1e6), fc.integer({ min: 7, max: 300 }), (halfLife, rows) => {
      const found = shares(fill(new Array(rows).fill(0), 1000), { mixture: { ...NOTHING, recency: 1, halfLife } }, 100);
      const starts = rows - 5;
      // 6400 draws
      expect(distance(found, "robot-0", (row) => 2 ** ((row - starts) / halfLife), starts)).toBeLessThan(0.035);
    }),
    { numRuns: draws(6) },
  );
});

test("recency counts age over all robots: one that fell silent is drawn less and less", () => {
  const rings = fill([...new Array(100).fill(0), ...new Array(60).fill(1)], 1000);
  const found = shares(rings, { mixture: { ...NOTHING, recency: 1, halfLife: 20 } });
  const sum = (count: number, ageOfNewest: number) =>
    Array.from({ length: count }, (_, age) => 2 ** (-(age + ageOfNewest) / 20)).reduce((all, each) => all + each, 0);
  const silent = sum(95, 60);
  expect(shareOf(found, (stream) => stream === "robot-0")).toBeCloseTo(silent / (silent + sum(55, 0)), 1);
});

test("every sequence drawn for its end has one, wherever the end lies in it, and every end has its turn", () => {
  const length = 6;
  fc.assert(
    fc.property(
      fc.array(fc.constantFrom("goes on", "goes on", "goes on", "terminal", "first"), { minLength: 12, maxLength: 80 }),
      fc.integer({ min: 10, max: 60 }),
      (kinds, capacity) => {
        const rings: Ring[] = [];
        const store = new ReplayStore(SIZES, capacity, (ring) => rings.push(ring), 4);
        for (const [row, kind] of kinds.entries()) {
          const ends = { isFirst: kind === "first", isTerminal: kind === "terminal" };
          store.append("robot", { ...countedRow(0, row), ...ends });
        }
        const from = Math.max(0, kinds.length - capacity);
        const isEnd = (row: number) => kinds[row] === "terminal" || kinds[row + 1] === "first";
        const ends = kinds.flatMap((_, row) => (row >= from && isEnd(row) ? [row] : []));
        const found = shares(rings, { mixture: { ...NOTHING, ends: 1 } }, 20);
        const starts = [...found.keys()].map((start) => Number(start.split("/")[1]));
        const contains = (start: number) => ends.some((end) => end >= start && end < start + length);
        if (ends.length > 0) expect(starts.filter((start) => !contains(start))).toEqual([]);
        for (const end of ends) expect(starts.some((start) => end >= start && end < start + length)).toBe(true);
        if (ends.length === 0) expect(starts.length).toBe(kinds.length - from - length + 1); // as if uniform
      },
    ),
    { numRuns: draws(30) },
  );
});

test("ends drawn more often: each at every place of a sequence", () => {
  const rings = fill(new Array(200).fill(0), 1000, 100); // rows 99 | 100 and every seventh row are ends
  const found = shares(rings, { mixture: { ...NOTHING, ends: 1 } });
  const endsIn = (row: number, end: number) => row <= end && end < row + 6;
  const inTheMiddle = [80, 87, 94, 99, 101, 108].filter((end) => end % 7 === 3 || end === 99);
  for (const end of inTheMiddle) expect(shareOf(found, (_, row) => endsIn(row, end))).toBeGreaterThan(1 / 32);
});

test("a mixture is its parts by their weights", () => {
  const rings = fill(new Array(300).fill(0), 1000, 10_000);
  const of = (mixture: typeof NOTHING) => shares(rings, { mixture: { ...mixture, halfLife: 10 } });
  const uniform = of({ ...NOTHING, uniform: 1 });
  const recency = of({ ...NOTHING, recency: 1 });
  const ends = of({ ...NOTHING, ends: 1 });
  const mixed = of({ ...NOTHING, uniform: 2, recency: 1, ends: 5 });
  const cumulative = (found: Map<string, number>, to: number) => shareOf(found, (_, row) => row < to);
  for (let row = 10; row <= 295; row += 15) {
    const expected = (2 * cumulative(uniform, row) + cumulative(recency, row) + 5 * cumulative(ends, row)) / 8;
    expect(Math.abs(cumulative(mixed, row) - expected)).toBeLessThan(2 * TOLERANCE);
  }
});

test.each(["uniform", "recency", "ends"])(
  "with equal streams each robot is drawn alike however many rows it has: %s",
  (way) => {
    const rings = fill([...new Array(400).fill(0), ...new Array(40).fill(1), ...new Array(15).fill(2)], 1000);
    const found = shares(rings, { mixture: { ...NOTHING, [way]: 1 }, streams: "equal" }, 80);
    for (const { stream } of rings) {
      expect(Math.abs(shareOf(found, (name) => name === stream) - 1 / 3)).toBeLessThan(0.035); // of 5120 draws
    }
  },
);

test("a robot ten times as fast as another has ten times the share by rows, and the same with equal streams", () => {
  const rings = fill(
    Array.from({ length: 1100 }, (_, i) => (i % 11 === 0 ? 0 : 1)),
    2000,
  );
  const settings = { recentShare: 0.5, recentSteps: 200, mixture: { ...NOTHING, uniform: 1 } };
  const slow = (streams: string) => shareOf(shares(rings, { ...settings, streams }), (stream) => stream === "robot-0");
  expect(slow("equal")).toBeGreaterThan(0.47);
  expect(slow("equal")).toBeLessThan(0.53);
  expect(slow("rows")).toBeLessThan(0.35);
});
