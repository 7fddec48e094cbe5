import { parentPort } from "node:worker_threads";
import { configured } from "./algorithms.ts";
import { serveTraining } from "./thread.ts";
import { trainHere } from "./training.ts";

if (parentPort === null) throw new Error("train worker: expected to be started as a thread");
const port = parentPort;
serveTraining(port, trainHere(configured), () => port.close());
