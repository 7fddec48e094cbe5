import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { Publisher } from "../../../learner/train/publish.ts";
import type { Account } from "../../../learner/train/ratio.ts";
import { trainHere } from "../../../learner/train/training.ts";
import { readBundle } from "../../../runtime/wire/bundle.ts";
import { CONFIG, fakeAgent } from "./fake-agent.ts";
import { SCHEMA } from "./fake-robot.ts";

let directory: string;
let nowMs = 0;
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), "reverie-"));
});
afterEach(() => rmSync(directory, { recursive: true }));

const settings = { ...CONFIG.train, fill: 20, pretrain: 5, publishSeconds: 4, publishSteps: 25 };
const account = (steps: number, updates: number): Account => ({ steps, updates, skipped: 0, forgiven: 0 });

function publisher({ lockstep = false, lines = [] as string[] } = {}): Publisher {
  return new Publisher({ directory, settings, lockstep, nowMs: () => nowMs, report: (line) => lines.push(line) });
}

async function make(to: Publisher, at: Account) {
  const training = trainHere(fakeAgent());
  const graph = await training.begin({ schema: SCHEMA, config: CONFIG, seed: 0 });
  return to.make(SCHEMA, graph, await training.weights(), at);
}

test("real time: first after the pretraining, then every few seconds if there was an update", async () => {
  const p = publisher();
  expect(p.isDue(account(20, 4))).toBe(false);
  expect(p.isDue(account(20, 5))).toBe(true);
  await make(p, account(20, 5));
  nowMs += 3999;
  expect(p.isDue(account(100, 9))).toBe(false);
  nowMs += 1;
  expect(p.isDue(account(100, 9))).toBe(true);
  expect(p.isDue(account(100, 5))).toBe(false);
});

test("lockstep: by the robot's steps alone", async () => {
  const p = publisher({ lockstep: true });
  await make(p, account(20, 5));
  nowMs += 1e6;
  expect(p.isDue(account(44, 9))).toBe(false);
  expect(p.isDue(account(45, 9))).toBe(true);
});

test("versions go on from the newest bundle on disk, and past any that a robot has seen", async () => {
  const first = publisher();
  await make(first, account(20, 5));
  const { manifest } = await make(first, account(30, 7));
  expect(manifest).toMatchObject({ policyVersion: 2, learnerUpdates: 7, transitions: 30 });
  first.store();
  const second = publisher();
  expect(second.version).toBe(2);
  second.startAfter(9);
  expect(second.isDue(account(30, 7))).toBe(true);
  expect((await make(second, account(30, 7))).manifest.policyVersion).toBe(10);
  second.startAfter(3);
  expect(second.version).toBe(10);
});

test("what is stored is a bundle that verifies", async () => {
  const p = publisher();
  p.store();
  const { manifest } = await make(p, account(20, 5));
  p.store();
  expect(readBundle(join(directory, "policy-0000000001")).manifest).toEqual(manifest);
});

test("weights that are not finite are never handed out, nor kept", async () => {
  const agent = fakeAgent();
  const training = trainHere({
    ...agent,
    createTrainer: async (...args) => {
      const trainer = await agent.createTrainer(...args);
      return {
        ...trainer,
        policyWeights: () => ({ weight: { shape: [2], data: Float32Array.of(1, Number.NaN) } }),
        state: () => ({ mix: { shape: [1], data: Float32Array.of(Number.POSITIVE_INFINITY) } }),
      };
    },
  });
  await training.begin({ schema: SCHEMA, config: CONFIG, seed: 0 });
  await expect(training.weights()).rejects.toThrow("training: expected weight[1] finite, found NaN");
  await expect(training.state()).rejects.toThrow("training: expected mix[0] finite, found Infinity");
});
