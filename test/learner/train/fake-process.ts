import { runLearner } from "../../../learner/train/learner.ts";
import { startTrainingThread } from "../../../learner/train/thread.ts";
import { CONFIG } from "./fake-agent.ts";

const [run = "", bind = ""] = process.argv.slice(2);
const stop = new AbortController();
process.on("SIGTERM", () => stop.abort());
const status = await runLearner({
  run,
  bind,
  config: { ...CONFIG, train: { ...CONFIG.train, checkpointSeconds: 0.05 } },
  seed: 0,
  lockstep: false,
  onEvent: (event) => process.send!(event),
  signal: stop.signal,
  training: startTrainingThread(new URL("./fake-worker.js", import.meta.url)),
});
process.send!({ type: "stopped", status }, () => process.exit());
