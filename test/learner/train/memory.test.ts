import sharp from "sharp";
import { expect, test } from "vitest";
import { type Ring, slotOf } from "../../../learner/replay/ring.ts";
import { Memory } from "../../../learner/train/memory.ts";
import type { StepSchema } from "../../../runtime/step.ts";
import type { StepImage } from "../../../runtime/wire/images.ts";
import { counterStep, SCHEMA } from "./fake-robot.ts";

const SEEING: StepSchema = {
  ...SCHEMA,
  observation: [...SCHEMA.observation, { name: "eye", dtype: "uint8", shape: [2, 2, 3], units: ["1"] }],
};
const pixels = (sequence: number): Uint8Array => Uint8Array.from({ length: 12 }, (_, i) => 10 * sequence + i);

function open(images = true) {
  const rings: Ring[] = [];
  const lines: string[] = [];
  const report = (line: string): void => void lines.push(line);
  const memory = new Memory({ schema: SEEING, capacity: 100, images, onRing: (ring) => rings.push(ring), report });
  return { memory, rings, lines };
}

async function seen(sequence: number, encoding: "raw" | "png"): Promise<StepImage> {
  const data = pixels(sequence);
  if (encoding === "raw") return { name: "eye", encoding, data };
  return {
    name: "eye",
    encoding,
    data: await sharp(data, { raw: { width: 2, height: 2, channels: 3 } })
      .png()
      .toBuffer(),
  };
}

/** [counter, isFirst, pixels] of every row that replay holds. */
function remembered(ring: Ring | undefined): [number, boolean, Uint8Array][] {
  return Array.from({ length: ring?.counters[0] ?? 0 }, (_, row) => {
    const slot = slotOf(ring!, row);
    return [ring!.observations[3 * slot]!, ring!.flags[slot] === 1, ring!.pixels[0]!.slice(12 * slot, 12 * slot + 12)];
  });
}

test("raw images are in memory at once, pixel for pixel, beside their vectors", async () => {
  const { memory, rings } = open();
  for (let i = 0; i < 3; i++) memory.take("a", counterStep(i), [await seen(i, "raw")]);
  expect(remembered(rings[0])).toEqual([
    [0, true, pixels(0)],
    [1, false, pixels(1)],
    [2, false, pixels(2)],
  ]);
});

test("encoded ones are decoded, and what comes behind them keeps its place", async () => {
  const { memory, rings } = open();
  for (let i = 0; i < 6; i++) memory.take("a", counterStep(i), [await seen(i, i % 2 === 0 ? "png" : "raw")]);
  await memory.settled();
  expect(remembered(rings[0])).toEqual(Array.from({ length: 6 }, (_, i) => [i, i === 0, pixels(i)]));
});

test("an image that is none is told, and a hole: nothing before it explains the row behind it", async () => {
  const { memory, rings, lines } = open();
  const broken = { name: "eye", encoding: "png", data: Uint8Array.of(0x89, 0x50, 1) } as const;
  memory.take("a", counterStep(0), [await seen(0, "raw")]);
  memory.take("a", counterStep(1), [broken]);
  memory.take("a", counterStep(2), [await seen(2, "raw")]);
  await memory.settled();
  expect(remembered(rings[0]).map(([counter, isFirst]) => [counter, isFirst])).toEqual([
    [0, true],
    [2, true],
  ]);
  expect(lines).toHaveLength(1);
  expect(lines[0]).toContain("replay: step 1 of a is not learned from: ");
});

test("where the settings leave images out, vectors are remembered alone, whatever the images are", () => {
  const { memory, rings } = open(false);
  memory.take("a", counterStep(0), [{ name: "eye", encoding: "png", data: new Uint8Array(3) }]);
  expect(rings[0]!.pixels).toEqual([]);
  expect(rings[0]!.observations[0]).toBe(0);
  expect(rings[0]!.counters[0]).toBe(1);
});
