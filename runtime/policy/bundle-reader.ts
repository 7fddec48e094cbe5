import { Worker } from "node:worker_threads";
import { type PolicyBundle, readBundle } from "../wire/bundle.ts";

type Answer = { readonly bundle: PolicyBundle } | { readonly error: Error };

/**
 * Reads and verifies policy bundles in a thread of its own: hashing, unpacking and looking at some million numbers takes
 * longer than a policy tick may. Runs from the built files.
 */
export class BundleReader {
  readonly #entry: URL;
  #worker: Worker | undefined;
  #last: Promise<unknown> = Promise.resolve();

  constructor(entry = new URL("./bundle-worker.js", import.meta.url)) {
    this.#entry = entry;
  }

  /** One after the other. Throws as `readBundle` does. Where there is no thread to be had, this one reads. */
  read(path: string): Promise<PolicyBundle> {
    const bundle = this.#last.then(() => this.#ask(path));
    this.#last = bundle.catch(() => {});
    return bundle;
  }

  async close(): Promise<void> {
    await this.#worker?.terminate();
  }

  async #ask(path: string): Promise<PolicyBundle> {
    const worker = this.#start();
    const answer = await new Promise<Answer | undefined>((resolve) => {
      const lost = (): void => {
        this.#worker = undefined;
        resolve(undefined);
      };
      worker.once("exit", lost);
      worker.once("message", (message: Answer) => {
        worker.off("exit", lost);
        resolve(message);
      });
      worker.postMessage(path);
    });
    if (answer === undefined) return readBundle(path);
    if ("error" in answer) throw answer.error;
    return answer.bundle;
  }

  #start(): Worker {
    if (this.#worker !== undefined) return this.#worker;
    this.#worker = new Worker(this.#entry);
    this.#worker.on("error", () => {}); // its exit is what counts
    this.#worker.unref();
    return this.#worker;
  }
}
