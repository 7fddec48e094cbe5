import { Worker } from "node:worker_threads";
import type { Ring } from "../../../learner/replay/ring.ts";

/** Starts a thread that appends to the one ring of a memory until it is stopped. Runs from the built files. */
export async function startWriter(): Promise<{ ring: Ring; stop: () => Promise<unknown> }> {
  const worker = new Worker(new URL("../../../dist/test/learner/replay/writer-thread.js", import.meta.url));
  const ring = await new Promise<Ring>((resolve, reject) => {
    worker.once("message", resolve);
    worker.once("error", reject);
  });
  return { ring, stop: () => worker.terminate() };
}
