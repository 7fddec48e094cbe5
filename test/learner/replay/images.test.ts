import { expect, test } from "vitest";
import type { Ring } from "../../../learner/replay/ring.ts";
import { rowSizes } from "../../../learner/replay/row.ts";
import { sampleSequences } from "../../../learner/replay/sampler.ts";
import { ReplayStore } from "../../../learner/replay/store.ts";
import { Random } from "../../../runtime/random.ts";
import type { StepSchema } from "../../../runtime/step.ts";

const SCHEMA: StepSchema = {
  robot: "r",
  task: "t",
  joints: [],
  policyRateHz: 20,
  rewardOffset: 0,
  canTerminate: false,
  action: ["a"],
  observation: [
    { name: "q", dtype: "float32", shape: [1], units: ["rad"] },
    { name: "left", dtype: "uint8", shape: [4, 5, 3], units: ["1"] },
    { name: "touch", dtype: "uint8", shape: [2], units: ["1"] },
  ],
};
const SETTINGS = { batch: 6, length: 7, recentShare: 0.5, recentSteps: 20 };

const row = (count: number) => ({
  observation: Float32Array.of(count),
  action: Float32Array.of(0),
  reward: 0,
  isFirst: count === 0,
  isTerminal: false,
  images: { left: imageOf(count, 60), touch: imageOf(count + 100, 2), q: Float32Array.of(count) },
});

/** Numbers that differ within an image and from row to row. */
const imageOf = (count: number, size: number) => Uint8Array.from({ length: size }, (_, i) => count * 31 + i * 7);

function filled(rows: number, capacity: number): Ring[] {
  const rings: Ring[] = [];
  const sizes = rowSizes(SCHEMA, { images: true });
  const store = new ReplayStore(sizes, capacity, (ring) => rings.push(ring), 4);
  for (let i = 0; i < rows; i++) store.append("a", row(i));
  return rings;
}

test("images come out as they went in, [B, T, H, W, C], beside the very batch that comes without them", () => {
  const rings = filled(300, 90);
  for (let seed = 0; seed < 8; seed++) {
    const { batch, images } = sampleSequences(rings, SETTINGS, new Random(seed), { images: true })!;
    expect(Object.keys(images)).toEqual(["left", "touch"]);
    expect(images.left).toHaveLength(6 * 7 * 4 * 5 * 3);
    for (let b = 0; b < 6; b++) {
      for (let t = 0; t < 7; t++) {
        const count = batch.observation[t * 6 + b]!;
        const at = b * 7 + t;
        expect(images.left!.subarray(60 * at, 60 * (at + 1)).join()).toBe(imageOf(count, 60).join());
        expect(images.touch!.subarray(2 * at, 2 * (at + 1)).join()).toBe(imageOf(count + 100, 2).join());
      }
    }
    const without = sampleSequences(rings, SETTINGS, new Random(seed))!;
    expect(without.batch).toEqual(batch);
    expect(without.images).toEqual({});
  }
});

test("a memory that keeps images refuses a row that lacks one, one without them takes no notice of them", () => {
  const sizes = rowSizes(SCHEMA, { images: true });
  const store = new ReplayStore(sizes, 10);
  const { left } = row(0).images;
  const none = () => store.append("a", { ...row(0), images: { left } });
  expect(none).toThrow("replay: expected image touch of [2] uint8, found none");
  const short = () => store.append("a", { ...row(0), images: { left: left.subarray(1), touch: imageOf(0, 2) } });
  expect(short).toThrow("replay: expected image left of [4,5,3] uint8, found 59 of Uint8Array");
  const rings: Ring[] = [];
  new ReplayStore(rowSizes(SCHEMA), 10, (ring) => rings.push(ring)).append("a", row(0));
  expect(rings[0]!.pixels).toEqual([]);
});
