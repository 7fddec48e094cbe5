import { createHash } from "node:crypto";
import { expect, test } from "vitest";
import { LEARNER_DEFAULTS } from "../../../learner/config.ts";
import { sampleBatch } from "../../../learner/replay/sampler.ts";
import { Random } from "../../../runtime/random.ts";
import { fill } from "./counted-rows.ts";

/** Of 40 batches drawn one after the other, the generator's state after them included. */
function fingerprint(arrivals: readonly number[], capacity: number, recentShare: number): string {
  const rings = fill(arrivals, capacity);
  const random = new Random(11, "replay");
  const hash = createHash("sha256");
  for (let i = 0; i < 40; i++) {
    const batch = sampleBatch(rings, { ...LEARNER_DEFAULTS.replay, recentShare, recentSteps: 300 }, random)!;
    const { observation, previousAction, reward, isFirst, isTerminal } = batch;
    for (const array of [observation, previousAction, reward, isFirst, isTerminal]) {
      hash.update(new Uint8Array(array.buffer));
    }
  }
  return hash.update(random.state().join()).digest("hex").slice(0, 16);
}

const one = new Array<number>(9000).fill(0);
const two = Array.from({ length: 6000 }, (_, i) => (i % 3 === 0 ? 1 : 0));

test.each([
  ["a robot alone", one, 1_000_000, 0.5, "4ab4938aa3a4cfcc"],
  ["only newest steps", one, 1_000_000, 1, "38117e47944cfaca"],
  ["a robot alone whose oldest steps are gone", one, 1700, 0.5, "8b6005ca5d39bcb1"],
  ["two robots in turn", two, 1_000_000, 0.5, "a9f72e01006e7066"],
])("by default one seed draws what it always drew: %s", (_, arrivals, capacity, recentShare, expected) => {
  expect(fingerprint(arrivals, capacity, recentShare)).toBe(expected);
});
