import { expect, test } from "vitest";
import type { Ring } from "../../../learner/replay/ring.ts";
import { sampleBatch } from "../../../learner/replay/sampler.ts";
import { ReplayStore } from "../../../learner/replay/store.ts";
import { Random } from "../../../runtime/random.ts";
import { startWriter } from "./writer.ts";

const SETTINGS = { batch: 8, length: 12, recentShare: 0.25, recentSteps: 50 };
const MIXTURE = { uniform: 1, recency: 1, ends: 1, halfLife: 40 };

/** The numbers of a row all say which it is: a row that was written over while it was copied says two things at once. */
function expectWhole(batch: { observation: Float32Array; previousAction: Float32Array; reward: Float32Array }): void {
  const width = batch.observation.length / batch.reward.length;
  for (let b = 0; b < SETTINGS.batch; b++) {
    for (let t = 0; t < SETTINGS.length; t++) {
      const at = t * SETTINGS.batch + b;
      const row = batch.reward[b]! + t;
      const said = [
        batch.reward[at],
        batch.previousAction[at],
        ...batch.observation.subarray(at * width, (at + 1) * width),
      ];
      if (said.some((value) => value !== row)) throw new Error(`expected row ${row} whole, found ${said.join(" ")}`);
    }
  }
}

test("rows that are written over between a draw and its copy are drawn again", () => {
  const rings: Ring[] = [];
  const store = new ReplayStore({ observation: 4, action: 1 }, 100, (ring) => rings.push(ring), 4);
  let count = 0;
  let late = 0;
  const append = (rows: number) => {
    for (let i = 0; i < rows; i++) {
      const row = { observation: new Float32Array(4).fill(count), action: Float32Array.of(count), reward: count };
      store.append("a", { ...row, isFirst: count % 30 === 0, isTerminal: count++ % 50 === 0 });
    }
  };
  append(150);
  class Slow extends Random {
    override uniform(): number {
      const value = super.uniform();
      if (late++ % 3 === 0) append(late % 2 === 0 ? 130 : 40); // after the starts were counted, before any row is copied
      return value;
    }
  }
  const random = new Slow(4);
  for (let i = 0; i < 40; i++) expectWhole(sampleBatch(rings, { ...SETTINGS, mixture: MIXTURE }, random)!);
  expect(late).toBeGreaterThan(2 * 40 * SETTINGS.batch); // there were draws again
});

test("a thread that appends without pause into a small memory spoils no batch of another", async () => {
  const { ring, stop } = await startWriter();
  const random = new Random(5);
  const appended = () => Atomics.load(ring.counters, 0);
  let batches = 0;
  // Until the memory was written over many times under the reader's eyes.
  for (const first = appended(); batches < 300 || appended() < first + 20 * 4000; ) {
    const batch = sampleBatch([ring], { ...SETTINGS, mixture: MIXTURE }, random);
    if (batch === undefined) continue;
    expectWhole(batch);
    batches++;
  }
  await stop();
}, 30_000);
