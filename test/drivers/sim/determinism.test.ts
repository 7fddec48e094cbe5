import { execFile } from "node:child_process";
import { promisify } from "node:util";
import { expect, test } from "vitest";

const script = new URL("../../../dist/test/drivers/sim/qpos-stream.js", import.meta.url).pathname;
const stream = async (...seeds: string[]) =>
  (await promisify(execFile)(process.execPath, [script, ...seeds])).stdout.trim();

test("two processes with one seed see the same bits; another seed sees others", { timeout: 60_000 }, async () => {
  const [one, again, started, moved, pushed, pushedAgain] = await Promise.all([
    stream("1", "1"),
    stream("1", "1"),
    stream("2", "1"),
    stream("1", "2"),
    stream("1", "1", "1"),
    stream("1", "1", "1"),
  ]);
  expect(one).toMatch(/^[0-9a-f]{64}$/);
  expect(again).toBe(one);
  expect(started).not.toBe(one);
  expect(moved).not.toBe(one);
  expect(pushed).not.toBe(one);
  expect(pushedAgain).toBe(pushed);
});
