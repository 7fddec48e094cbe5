import { expect, test } from "vitest";
import { ReplayStore } from "../../../learner/replay/store.ts";
import { startTrainingThread } from "../../../learner/train/thread.ts";
import { type Training, trainHere } from "../../../learner/train/training.ts";
import { CONFIG, fakeAgent } from "./fake-agent.ts";
import { SCHEMA } from "./fake-robot.ts";

const ENTRY = new URL("../../../dist/test/learner/train/fake-worker.js", import.meta.url);
const SETTINGS = { schema: SCHEMA, config: CONFIG, seed: 1 };

function fill(training: Training): ReplayStore {
  const store = new ReplayStore({ observation: 3, action: 1 }, 100, (ring) => void training.addRing(ring));
  for (let i = 0; i < 50; i++) append(store, i);
  return store;
}

function append(store: ReplayStore, reward: number): void {
  const row = { observation: new Float32Array(3).fill(reward), action: new Float32Array(1), reward };
  store.append("a", { ...row, isFirst: false, isTerminal: false });
}

async function train(training: Training) {
  await training.begin(SETTINGS);
  const store = fill(training);
  const first = await training.update();
  append(store, 7); // seen by the other thread without being told
  const second = await training.update();
  return {
    losses: [first?.metrics, second?.metrics],
    weights: await training.weights(),
    state: await training.state(),
  };
}

test("a thread trains on shared replay with the very numbers of training in place, and ends when closed", async () => {
  const thread = startTrainingThread(ENTRY);
  const here = trainHere(fakeAgent());
  expect(await train(thread)).toEqual(await train(here));
  const state = await here.state();
  await here.update();
  const ahead = await here.state();
  await thread.load(state);
  await thread.update();
  expect(await thread.state()).toEqual(ahead);
  await thread.close();
});

test("an error in the thread comes back with its words, and the thread goes on", async () => {
  const thread = startTrainingThread(ENTRY);
  await expect(thread.update()).rejects.toThrow("training: expected begin() first");
  expect((await thread.begin(SETTINGS)).deter).toBe(4);
  expect(await thread.update()).toBeUndefined();
  await thread.close();
});

test("a thread that dies fails the call under way and every later one", async () => {
  const thread = startTrainingThread(ENTRY);
  await thread.begin(SETTINGS);
  append(fill(thread), -666);
  await expect(thread.update()).rejects.toThrow("training thread: ended with code 3");
  await expect(thread.weights()).rejects.toThrow("training thread: ended with code 3");
});
