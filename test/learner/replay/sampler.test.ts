import { expect, test } from "vitest";
import { rowSizes } from "../../../learner/replay/row.ts";
import { sampleBatch } from "../../../learner/replay/sampler.ts";
import { ReplayStore } from "../../../learner/replay/store.ts";
import { Random } from "../../../runtime/random.ts";
import { fc } from "../../properties.ts";
import { fill, keptRows, SIZES } from "./counted-rows.ts";

const anySettings = fc.record({
  batch: fc.integer({ min: 1, max: 9 }),
  length: fc.integer({ min: 1, max: 8 }),
  recentShare: fc.constantFrom(0, 0.5, 1),
  recentSteps: fc.integer({ min: 1, max: 60 }),
  mixture: fc.constantFrom(
    { uniform: 1, recency: 0, ends: 0, halfLife: 10 },
    { uniform: 0, recency: 1, ends: 0, halfLife: 10 },
    { uniform: 0, recency: 0, ends: 1, halfLife: 10 },
    { uniform: 1, recency: 2, ends: 1, halfLife: 3 },
  ),
  streams: fc.constantFrom("rows", "equal"),
});

test("every sequence is consecutive rows of one stream that are still kept, whole and unmixed", () => {
  fc.assert(
    fc.property(
      anySettings,
      fc.integer({ min: 8, max: 50 }),
      fc.array(fc.integer({ min: 0, max: 2 }), { maxLength: 300 }),
      fc.integer(),
      (settings, capacity, arrivals, seed) => {
        const rings = fill(arrivals, capacity, 10);
        const batch = sampleBatch(rings, settings, new Random(seed));
        const kept = keptRows(arrivals, capacity);
        expect(batch === undefined).toBe(Math.max(...kept.map(({ from, to }) => to - from)) < settings.length);
        if (batch === undefined) return;
        for (let b = 0; b < settings.batch; b++) {
          const stream = batch.observation[2 * b]!;
          const start = batch.observation[2 * b + 1]!;
          expect(start).toBeGreaterThanOrEqual(kept[stream]!.from);
          expect(start + settings.length).toBeLessThanOrEqual(kept[stream]!.to);
          for (let t = 0; t < settings.length; t++) {
            const at = t * settings.batch + b;
            const counter = start + t;
            expect(batch.observation[2 * at]).toBe(stream);
            expect(batch.observation[2 * at + 1]).toBe(counter);
            expect(batch.previousAction[at]).toBe(counter - 1);
            expect(batch.reward[at]).toBe(counter / 2);
            expect(batch.isFirst[at]).toBe(t === 0 || counter % 10 === 0 ? 1 : 0);
            expect(batch.isTerminal[at]).toBe(counter % 7 === 3 ? 1 : 0);
          }
        }
      },
    ),
  );
});

test("the first sequence is the newest, its half of the batch is recent, and the rest reaches every start", () => {
  const settings = { batch: 8, length: 4, recentShare: 0.5, recentSteps: 20 };
  const rings = fill(new Array(200).fill(0), 100);
  const random = new Random(3);
  const seen = new Set<number>();
  for (let i = 0; i < 400; i++) {
    const { observation } = sampleBatch(rings, settings, random)!;
    const starts = Array.from({ length: 8 }, (_, b) => observation[2 * b + 1]!);
    expect(starts[0]).toBe(196);
    for (const start of starts.slice(1, 4)) expect(start).toBeGreaterThanOrEqual(180);
    for (const start of starts.slice(4)) seen.add(start);
  }
  expect([...seen].sort((a, b) => a - b)).toEqual(Array.from({ length: 97 }, (_, i) => 100 + i));
});

test("a stream that ended long ago is no longer recent", () => {
  const settings = { batch: 6, length: 4, recentShare: 1, recentSteps: 20 };
  const rings = fill([...new Array(50).fill(0), ...new Array(50).fill(1)], 100);
  const random = new Random(1);
  for (let i = 0; i < 50; i++) {
    const { observation } = sampleBatch(rings, settings, random)!;
    for (let b = 0; b < 6; b++) expect(observation[2 * b]).toBe(1);
  }
});

test("one seed draws one series of batches", () => {
  const settings = { batch: 4, length: 3, recentShare: 0.5, recentSteps: 10 };
  const rings = fill(new Array(80).fill(0), 100);
  const series = (seed: number) => {
    const random = new Random(seed);
    return Array.from({ length: 5 }, () => sampleBatch(rings, settings, random));
  };
  expect(series(5)).toEqual(series(5));
  expect(series(5)).not.toEqual(series(6));
});

test("a row of another size is refused, with both sizes", () => {
  const store = new ReplayStore(SIZES, 10);
  const row = { observation: new Float32Array(3), action: new Float32Array(1), reward: 0, isFirst: true };
  expect(() => store.append("a", { ...row, isTerminal: false })).toThrow(
    "replay: expected 2 observation and 1 action numbers, found 3 and 1",
  );
});

test("images are left out of the observation vector, and a robot with nothing else is refused", () => {
  const schema = {
    robot: "r",
    task: "t",
    joints: [],
    policyRateHz: 20,
    rewardOffset: 0,
    canTerminate: false,
    action: ["a", "b"],
  };
  const image = { name: "camera", dtype: "uint8", shape: [4, 4, 3], units: ["1"] } as const;
  const vector = { name: "q", dtype: "float32", shape: [2, 3], units: [] } as const;
  expect(rowSizes({ ...schema, observation: [vector, image, { ...vector, name: "p" }] })).toEqual({
    observation: 12,
    action: 2,
  });
  expect(() => rowSizes({ ...schema, observation: [image] })).toThrow("expected a float32 tensor");
});
