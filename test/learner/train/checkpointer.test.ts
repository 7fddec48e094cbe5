import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { readCheckpoint } from "../../../learner/train/checkpoint.ts";
import { Checkpointer } from "../../../learner/train/checkpointer.ts";
import { NEW_ACCOUNT } from "../../../learner/train/ratio.ts";
import { CONFIG } from "./fake-agent.ts";
import { SCHEMA } from "./fake-robot.ts";

let directory: string;
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), "reverie-"));
});
afterEach(() => rmSync(directory, { recursive: true }));

const state = { arrays: Uint8Array.of(1, 2, 3), sampler: [1, 2, 3, 4] as const };
const meta = (updates: number, steps = 10 * updates) => ({
  schema: SCHEMA,
  config: CONFIG,
  account: { ...NEW_ACCOUNT, steps, updates },
  policyVersion: 1,
  streams: {},
});

function make() {
  const world = { nowMs: 0, diskError: undefined as Error | undefined };
  const checkpointer = new Checkpointer(
    {
      directory,
      keep: 2,
      everyMs: 60_000,
      retryMs: 10_000,
      nowMs: () => world.nowMs,
      syncExperience: async () => world.diskError,
    },
    undefined,
  );
  return { world, checkpointer };
}

test("one is due every so often, when there was an update", async () => {
  const { world, checkpointer } = make();
  expect(checkpointer.isDue(5)).toBe(false);
  world.nowMs = 60_000;
  expect(checkpointer.isDue(0)).toBe(false);
  expect(checkpointer.isDue(5)).toBe(true);
  checkpointer.start(meta(5), state);
  expect(checkpointer.isDue(6)).toBe(false);
  await checkpointer.finish(meta(5), async () => state);
  expect(checkpointer.savedUpdates).toBe(5);
  world.nowMs += 60_000;
  expect([checkpointer.isDue(5), checkpointer.isDue(6)]).toEqual([false, true]);
});

test("a full disk keeps the old one and says why; the next try comes soon and clears it", async () => {
  const { world, checkpointer } = make();
  await checkpointer.finish(meta(5), async () => state);
  world.diskError = new Error("ENOSPC: no space left on device");
  await checkpointer.finish(meta(6), async () => state);
  expect(checkpointer.error?.message).toMatch(/ENOSPC/);
  expect(checkpointer.savedUpdates).toBe(5);
  expect((await readCheckpoint(directory, () => {}))?.meta.account.updates).toBe(5);
  expect(checkpointer.isDue(6)).toBe(false);
  world.nowMs += 10_000;
  expect(checkpointer.isDue(6)).toBe(true);
  world.diskError = undefined;
  await checkpointer.finish(meta(6), async () => state);
  expect([checkpointer.error, checkpointer.savedUpdates]).toEqual([undefined, 6]);
});

test("the last one is written for steps alone too, but not twice, and not before the first update", async () => {
  const { checkpointer } = make();
  let asked = 0;
  const ask = async () => {
    asked++;
    return state;
  };
  await checkpointer.finish(meta(0, 50), ask);
  await checkpointer.finish(meta(5, 50), ask);
  await checkpointer.finish(meta(5, 50), ask);
  await checkpointer.finish(meta(5, 53), ask);
  expect(asked).toBe(2);
  expect((await readCheckpoint(directory, () => {}))?.meta.account.steps).toBe(53);
});
