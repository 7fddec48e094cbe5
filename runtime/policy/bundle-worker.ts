/** Reads and verifies bundles beside the thread that answers the governor: see bundle-reader.ts. */
import { parentPort } from "node:worker_threads";
import { readBundle } from "../wire/bundle.ts";

if (parentPort === null) throw new Error("bundle worker: expected to be started as a thread");
const port = parentPort;
port.on("message", (path: string) => {
  try {
    const bundle = readBundle(path);
    const own = Object.values(bundle.weights).map(({ data }) => data.buffer as ArrayBuffer);
    port.postMessage({ bundle }, own); // moved, not copied
  } catch (error) {
    port.postMessage({ error });
  }
});
