/** Reads and verifies bundles beside the thread that answers the governor: see bundle-reader.ts. */
import { setPriority } from "node:os";
import { parentPort } from "node:worker_threads";
import { readBundle } from "../wire/bundle.ts";

if (parentPort === null) throw new Error("bundle worker: expected to be started as a thread");
const port = parentPort;
// On Linux a priority is a thread's own: where the cores are taken, the one that answers the governor goes first.
if (process.platform === "linux") setPriority(0, 10);
port.on("message", (path: string) => {
  try {
    const bundle = readBundle(path);
    const own = Object.values(bundle.weights).map(({ data }) => data.buffer as ArrayBuffer);
    port.postMessage({ bundle }, own); // moved, not copied
  } catch (error) {
    port.postMessage({ error });
  }
});
