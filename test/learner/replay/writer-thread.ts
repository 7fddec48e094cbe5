import { parentPort } from "node:worker_threads";
import { ReplayStore } from "../../../learner/replay/store.ts";

/** Rows whose numbers all say which they are, small enough a counter to be exact in float32. */
const store = new ReplayStore({ observation: 64, action: 1 }, 4000, (ring) => parentPort!.postMessage(ring), 256);
const observation = new Float32Array(64);
const action = new Float32Array(1);
for (let row = 0; ; row++) {
  const count = row % 2 ** 24;
  observation.fill(count);
  action.fill(count);
  store.append("a", { observation, action, reward: count, isFirst: row % 500 === 0, isTerminal: row % 700 === 0 });
}
