import { existsSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { basename, join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { RUNTIME_DEFAULTS } from "../../../runtime/defaults.ts";
import { Downlink } from "../../../runtime/link/downlink.ts";
import { readChoice, writeChoice } from "../../../runtime/link/policies/choice.ts";
import { chosenBundle } from "../../../runtime/link/policies/chosen.ts";
import { bundlePath } from "../../../runtime/wire/bundle.ts";
import { policyParts, schema } from "../policy/bundles.ts";

const rollback = { ...RUNTIME_DEFAULTS.policy.rollback, windowSteps: 500, holdSteps: 700 };

let directory: string;
let swaps: number[];
let notes: string[];
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), "reverie-"));
  swaps = [];
  notes = [];
});
afterEach(() => rmSync(directory, { recursive: true, force: true }));

function downlinkOf(lockstep = false): Downlink {
  const downlink: Downlink = new Downlink({
    directory,
    schema,
    settings: { ...RUNTIME_DEFAULTS.policy, rollback },
    lockstep,
    swap: (path) => {
      const version = Number(basename(path).slice("policy-".length));
      swaps.push(version);
      queueMicrotask(() => downlink.acting(version));
    },
    timeoutMs: 1000,
    report: (line) => notes.push(line),
  });
  return downlink;
}

async function send(downlink: Downlink, version: number): Promise<void> {
  const { manifest, weights, graph } = policyParts(version, version);
  await downlink.take(manifest, weights, graph);
}

/** Steps from `from` on, their rewards scattered about `reward`. */
function act(downlink: Downlink, from: number, count: number, reward: number, policyVersion: number): void {
  for (let sequence = from; sequence < from + count; sequence++) {
    downlink.step({ sequence, reward: reward + 0.2 * Math.sin(sequence), policyVersion });
  }
}

/** Learned with policy 2, lost with policy 9; the seven between came and went. */
async function collapse(downlink: Downlink): Promise<void> {
  act(downlink, 0, 1000, 5, 0);
  await send(downlink, 2);
  act(downlink, 1000, 1000, 9, 2);
  for (let version = 3; version <= 9; version++) await send(downlink, version);
  act(downlink, 2000, 600, 5, 9);
}

test("a return that collapses brings the best policy back, whose bundle was kept, and later the newest", async () => {
  const downlink = downlinkOf();
  await collapse(downlink);
  await expect.poll(() => swaps.at(-1)).toBe(2);
  expect(readChoice(directory)).toMatchObject({ policyVersion: 2, by: "robot" });
  expect(chosenBundle(directory, () => {})?.bundle.manifest.policyVersion).toBe(2);
  expect(existsSync(bundlePath(directory, 3))).toBe(false);
  await send(downlink, 10); // stored, but it does not act
  expect(swaps.at(-1)).toBe(2);
  expect(downlink.policy.policyVersion).toBe(10);
  act(downlink, 2600, 800, 9, 2);
  await expect.poll(() => swaps.at(-1)).toBe(10);
  expect(readChoice(directory)).toBeUndefined();
});

test("in lockstep the policy changes only where the learner's next one comes in", async () => {
  const downlink = downlinkOf(true);
  await collapse(downlink);
  await new Promise((resolve) => setTimeout(resolve, 20));
  expect(swaps.at(-1)).toBe(9);
  await send(downlink, 10);
  expect(swaps.slice(-2)).toEqual([9, 2]);
});

test("what is known of the returns outlives the process", async () => {
  const before = downlinkOf();
  act(before, 0, 1000, 5, 0);
  await send(before, 2);
  act(before, 1000, 1000, 9, 2);
  before.beat();
  const after = downlinkOf();
  for (let version = 3; version <= 9; version++) await send(after, version);
  act(after, 2000, 600, 5, 9);
  await expect.poll(() => swaps.at(-1)).toBe(2);
});

test("a person's pin is heeded at the next beat, also when its file is taken away", async () => {
  const downlink = downlinkOf();
  for (const version of [1, 2, 3]) await send(downlink, version);
  writeChoice(directory, { policyVersion: 2, by: "person", why: "pinned" });
  downlink.beat();
  await expect.poll(() => swaps).toEqual([1, 2, 3, 2]);
  await send(downlink, 4);
  await send(downlink, 5);
  await send(downlink, 6);
  expect(swaps).toEqual([1, 2, 3, 2]);
  expect(existsSync(bundlePath(directory, 2))).toBe(true);
  writeChoice(directory, undefined);
  downlink.beat();
  await expect.poll(() => swaps.at(-1)).toBe(6);
  expect(notes).toEqual(["policy: 2: pinned", "policy: the newest again"]);
});

test("a policy that is pinned and gone is told, and the newest acts", async () => {
  const downlink = downlinkOf();
  await send(downlink, 1);
  writeChoice(directory, { policyVersion: 77, by: "person", why: "pinned" });
  downlink.beat();
  await send(downlink, 2);
  expect(swaps).toEqual([1, 2]);
  expect(notes).toContain("policy: expected 77 on disk, found it gone; the newest acts");
  expect(chosenBundle(directory, () => {})?.bundle.manifest.policyVersion).toBe(2);
});

test("a fault that policies bring a machine to brings the policy before back", async () => {
  const downlink = downlinkOf();
  await send(downlink, 1);
  act(downlink, 0, 10, 5, 1);
  await send(downlink, 2);
  act(downlink, 10, 10, 5, 2);
  downlink.fault("tilt", "1.3 rad");
  await expect.poll(() => swaps).toEqual([1, 2, 1]);
});
