/** The learner's process. Started by the command line, which sends one "start" and later "stop" over IPC. */
import { runLearner } from "../../../learner/train/learner.ts";
import type { LearnerEvent, LearnerOrder } from "../../../learner/train/status.ts";
import { acceptTestClock } from "./test-clock.ts";
import { acceptTestFaults } from "./test-faults.ts";

acceptTestFaults();
acceptTestClock();

const stop = new AbortController();

process.on("SIGINT", () => {}); // Ctrl-C reaches the whole terminal group; the parent decides what it means
process.on("SIGTERM", () => stop.abort());
process.on("disconnect", () => stop.abort());
process.on("message", (message) => {
  const order = message as LearnerOrder;
  if (order.type === "stop") stop.abort();
  else void run(order);
});
if (process.send === undefined) {
  console.error("learner: expected to be started by `reverie learner` or `reverie teach`");
  process.exitCode = 2;
}

function tell(event: LearnerEvent): void {
  if (process.connected) process.send!(event, () => {}); // a parent that has just gone is told by "disconnect"
}

async function run({ type: _, ...start }: Extract<LearnerOrder, { type: "start" }>): Promise<void> {
  try {
    const status = await runLearner({ ...start, onEvent: tell, signal: stop.signal });
    finish({ type: "stopped", status }, 0);
  } catch (error) {
    console.error((error as Error).stack);
    finish({ type: "failed", reason: (error as Error).message }, 1);
  }
}

/** Exits once the parent has the last event. */
function finish(event: LearnerEvent, code: number): void {
  process.exitCode = code;
  if (!process.connected) process.exit();
  process.send!(event, () => process.exit());
}
