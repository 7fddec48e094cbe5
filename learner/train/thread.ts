import { SHARE_ENV, Worker } from "node:worker_threads";
import type { PolicyGraph } from "../algorithm/policy-graph.ts";
import type { Training, TrainingState, UpdateReport } from "./training.ts";

/** What the two ends of a training thread need of a port. */
export interface Port {
  postMessage(message: unknown, transfer?: readonly ArrayBuffer[]): void;
  on(event: "message", listener: (message: unknown) => void): unknown;
}

type Method = keyof Training;
interface Call {
  readonly id: number;
  readonly method: Method;
  readonly argument: unknown;
}
type Answer = { readonly id: number } & ({ readonly result: unknown } | { readonly error: Error });

/** Answers calls that arrive at `port`, one after the other. `onClosed` is called after the answer to close(). */
export function serveTraining(port: Port, training: Training, onClosed: () => void): void {
  let last: Promise<void> = Promise.resolve();
  const answer = async ({ id, method, argument }: Call): Promise<void> => {
    try {
      const result = await (training[method] as (argument: unknown) => Promise<unknown>)(argument);
      port.postMessage({ id, result } satisfies Answer, ownBuffers(result));
    } catch (error) {
      port.postMessage({ id, error: error as Error } satisfies Answer);
    }
    if (method === "close") onClosed();
  };
  port.on("message", (message) => {
    last = last.then(() => answer(message as Call));
  });
}

/** Buffers of the answer that nobody else holds, so they move instead of being copied. */
function ownBuffers(result: unknown): ArrayBuffer[] {
  const candidates = [result, (result as Partial<TrainingState> | undefined)?.arrays];
  return candidates.flatMap((value) =>
    value instanceof Uint8Array && value.buffer instanceof ArrayBuffer && value.byteLength === value.buffer.byteLength
      ? [value.buffer]
      : [],
  );
}

/** The training behind `port`. `fail` rejects all that is under way and all that follows. */
export function callTraining(port: Port): { training: Training; fail: (error: Error) => void } {
  const waiting = new Map<number, { resolve: (result: unknown) => void; reject: (error: Error) => void }>();
  let nextId = 0;
  let failure: Error | undefined;
  port.on("message", (message) => {
    const answer = message as Answer;
    const call = waiting.get(answer.id);
    waiting.delete(answer.id);
    if ("error" in answer) call?.reject(answer.error);
    else call?.resolve(answer.result);
  });
  const call = <R>(method: Method, argument?: unknown): Promise<R> =>
    new Promise((resolve, reject) => {
      if (failure !== undefined) return reject(failure);
      const id = nextId++;
      waiting.set(id, { resolve: resolve as (result: unknown) => void, reject });
      port.postMessage({ id, method, argument } satisfies Call);
    });
  return {
    training: {
      begin: (settings) => call<PolicyGraph>("begin", settings),
      addRing: (ring) => call<void>("addRing", ring),
      update: () => call<UpdateReport | undefined>("update"),
      report: (updates) => call<Readonly<Record<string, number>> | undefined>("report", updates),
      weights: () => call<Uint8Array>("weights"),
      state: () => call<TrainingState>("state"),
      load: (state) => call<void>("load", state),
      close: () => call<void>("close"),
    },
    fail: (error) => {
      failure ??= error;
      for (const { reject } of waiting.values()) reject(error);
      waiting.clear();
    },
  };
}

/** Starts a thread that trains; `entry` is compiled JavaScript. */
export function startTrainingThread(entry = new URL("./worker.js", import.meta.url)): Training {
  const worker = new Worker(entry, { env: SHARE_ENV }); // as onnxruntime needs it
  const { training, fail } = callTraining(worker);
  const exited = new Promise<void>((resolve) => {
    worker.once("exit", (code) => {
      fail(new Error(`training thread: ended with code ${code}`));
      resolve();
    });
  });
  worker.on("error", (error) => fail(error instanceof Error ? error : new Error(String(error))));
  return {
    ...training,
    close: async () => {
      await training.close();
      await exited;
    },
  };
}
