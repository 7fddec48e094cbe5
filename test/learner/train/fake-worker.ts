import { parentPort } from "node:worker_threads";
import { serveTraining } from "../../../learner/train/thread.ts";
import { trainHere } from "../../../learner/train/training.ts";
import { fakeAgent } from "./fake-agent.ts";

const port = parentPort!;
const onBatch = ({ reward }: { reward: Float32Array }) => {
  if (reward.includes(-666)) process.exit(3);
};
serveTraining(port, trainHere(fakeAgent({ onBatch })), () => port.close());
