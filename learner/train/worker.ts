import { parentPort } from "node:worker_threads";
import { policyGraph } from "../agent/policy-graph.ts";
import { createTrainer } from "../agent/trainer.ts";
import { serveTraining } from "./thread.ts";
import { trainHere } from "./training.ts";

if (parentPort === null) throw new Error("train worker: expected to be started as a thread");
const port = parentPort;
serveTraining(port, trainHere({ createTrainer, policyGraph }), () => port.close());
