import { mkdtemp, readdir, readFile, rename, rm, truncate, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { LEARNER_DEFAULTS } from "../../../learner/config.ts";
import { readCheckpoint, writeCheckpoint } from "../../../learner/train/checkpoint.ts";
import { NEW_ACCOUNT } from "../../../learner/train/ratio.ts";
import type { StepSchema } from "../../../runtime/step.ts";

const SCHEMA: StepSchema = {
  robot: "r",
  task: "t",
  observation: [],
  action: ["a"],
  joints: [],
  policyRateHz: 20,
  rewardOffset: 0,
  canTerminate: false,
};

let directory: string;
beforeEach(async () => {
  directory = join(await mkdtemp(join(tmpdir(), "reverie-")), "checkpoints");
});
afterEach(() => rm(join(directory, ".."), { recursive: true }));

async function write(updates: number, keep = 3): Promise<void> {
  const meta = {
    schema: SCHEMA,
    config: LEARNER_DEFAULTS,
    account: { ...NEW_ACCOUNT, steps: 10 * updates, updates },
    policyVersion: updates / 10,
    streams: { abc: 10 * updates },
  };
  const state = { arrays: new Uint8Array(1000).fill(updates), sampler: [updates, 2, 3, 4] as const };
  await writeCheckpoint(directory, { meta, state }, keep);
}

async function read(): Promise<{ updates: number | undefined; lines: string[] }> {
  const lines: string[] = [];
  const found = await readCheckpoint(directory, (line) => lines.push(line));
  return { updates: found?.meta.account.updates, lines };
}

const nameOf = (updates: number) => `${String(updates).padStart(9, "0")}-${String(10 * updates).padStart(10, "0")}`;

test("what was written is read, and `latest` names it", async () => {
  await write(50);
  const lines: string[] = [];
  const found = (await readCheckpoint(directory, (line) => lines.push(line)))!;
  expect([...found.state.arrays]).toEqual(new Array(1000).fill(50));
  expect(found.state.sampler).toEqual([50, 2, 3, 4]);
  expect(found.meta).toMatchObject({ schema: SCHEMA, policyVersion: 5, streams: { abc: 500 } });
  expect(lines).toEqual([]);
  expect(await readFile(join(directory, "latest"), "utf8")).toBe(`${nameOf(50)}\n`);
});

test("there is none before the first", async () => {
  expect(await read()).toEqual({ updates: undefined, lines: [] });
});

test("the newest few are kept", async () => {
  for (const updates of [10, 20, 30, 40]) await write(updates, 2);
  expect((await readdir(directory)).sort()).toEqual([nameOf(30), nameOf(40), "latest"]);
});

test("the same counts again replace what was there", async () => {
  await write(10);
  await write(10);
  expect(await read()).toEqual({ updates: 10, lines: [] });
});

const damage: Record<string, (path: string) => Promise<void>> = {
  missing: (path) => rm(path),
  truncated: (path) => truncate(path, 7),
  empty: (path) => truncate(path, 0),
  "one bit flipped": async (path) => {
    const bytes = await readFile(path);
    bytes[bytes.length >> 1]! ^= 1;
    await writeFile(path, bytes);
  },
};

test.each(["state.safetensors", "meta.json", "done"].flatMap((file) => Object.keys(damage).map((how) => [file, how])))(
  "%s %s: the one before is taken, and the reason told",
  async (file, how) => {
    await write(10);
    await write(20);
    await damage[how!]!(join(directory, nameOf(20), file!));
    const { updates, lines } = await read();
    expect(updates).toBe(10);
    expect(lines).toHaveLength(1);
    expect(lines[0]).toMatch(new RegExp(`^checkpoint ${nameOf(20)}: .*trying the next older$`));
  },
);

test("a damaged newer one never hides the good one that was written after falling back", async () => {
  await write(10);
  await write(50);
  await damage.truncated!(join(directory, nameOf(50), "state.safetensors"));
  await write(30, 1);
  expect(await read()).toEqual({ updates: 30, lines: [] });
});

test.each(["missing", "empty", "truncated"])("with `latest` %s the newest by name is taken", async (how) => {
  await write(10);
  await write(20);
  await damage[how]!(join(directory, "latest"));
  expect((await read()).updates).toBe(20);
});

test("what an interrupted write left behind is not taken for a checkpoint, and goes with the next write", async () => {
  await write(10);
  await write(20);
  await rm(join(directory, nameOf(20), "done"));
  await rename(join(directory, nameOf(20)), join(directory, `.writing-${nameOf(20)}`));
  expect((await read()).updates).toBe(10);
  await write(30);
  expect((await readdir(directory)).sort()).toEqual([nameOf(10), nameOf(30), "latest"]);
});

test("all damaged: none, with a reason for each", async () => {
  for (const updates of [10, 20]) await write(updates);
  for (const updates of [10, 20]) await damage.empty!(join(directory, nameOf(updates), "meta.json"));
  const { updates, lines } = await read();
  expect(updates).toBeUndefined();
  expect(lines).toHaveLength(2);
});
