import { expect, test } from "vitest";
import { drawLine, memoryLine, shareLines } from "../../../runtime/cli/bench/replay-lines.ts";
import { measureReplay } from "../../../runtime/cli/bench/replay-speed.ts";
import { SCHEMA } from "../../learner/train/fake-robot.ts";

/** Updates that take the processor some milliseconds each. */
async function* busyUpdates(): AsyncGenerator<number> {
  for (;;) {
    const end = performance.now() + 3;
    while (performance.now() < end);
    yield 3;
  }
}

test("every draw of every memory is timed, and its share is of an update's time", async () => {
  const said: string[] = [];
  const speed = await measureReplay({
    schema: SCHEMA,
    steps: 3000,
    images: 1000,
    seconds: 0.2,
    updates: busyUpdates,
    onMemory: (memory) => said.push(memoryLine(memory)),
    onDraw: (draw) => said.push(drawLine(draw)),
  });
  const { memories, draws, updateMs, updateCpuMs, defaultShare, worstShare } = speed;
  expect(memories.map(({ memory, rows, rowBytes }) => [memory, rows, rowBytes])).toEqual([
    ["rows", 3000, 21],
    ["images", 1000, 21 + 64 * 64 * 3],
  ]);
  expect(new Set(draws.map(({ draw, length }) => `${draw} ${length}`)).size).toBe(4 * 2);
  expect(draws.filter(({ images }) => images)).toHaveLength(8);
  for (const { batchesPerSecond, cpuMs, medianMs, longestMs } of draws) {
    expect(Math.min(batchesPerSecond, cpuMs, medianMs, longestMs - medianMs)).toBeGreaterThanOrEqual(0);
  }
  expect(updateMs).toBe(3);
  expect(worstShare).toBeCloseTo(Math.max(...draws.map(({ cpuMs }) => cpuMs)) / updateCpuMs);
  expect(defaultShare).toBeLessThan(worstShare);
  expect(said).toHaveLength(memories.length + draws.length);
  expect(said[0]).toMatch(/^rows: 3000 rows of 21 bytes take -?\d+ MB, filled at \d+ a second$/);
  expect(said[2]).toMatch(/^ {2}rows, default, 16 × 24: \d+ batches a second, /);
  expect(shareLines(speed)[1]).toMatch(/^drawing takes \d+\.\d\d % of that by default, \d+\.\d\d % at most$/);
}, 30_000);
