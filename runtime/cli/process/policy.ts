/** The policy's process: answers questions, one at a time, and gets the next policy ready meanwhile. */

import { join } from "node:path";
import { monitorEventLoopDelay } from "node:perf_hooks";
import { type FromPolicy, parentChannel, type ToPolicy } from "../../ipc.ts";
import { chosenBundle } from "../../link/policies/chosen.ts";
import { BundleReader } from "../../policy/bundle-reader.ts";
import { Policy } from "../../policy/policy.ts";
import { warmUp } from "../../policy/warm-up.ts";
import { loadMachine } from "./machine.ts";
import { acceptTestClock } from "./test-clock.ts";
import { acceptTestFaults, spoilable } from "./test-faults.ts";

acceptTestFaults();
acceptTestClock();

const channel = parentChannel<ToPolicy, FromPolicy>();
let policy: Policy | undefined;
let answerMs = 0;
let last: Promise<void> = Promise.resolve();
let swaps: Promise<void> = Promise.resolve();
const reader = new BundleReader();
const BLOCK_RESOLUTION_MS = 1;

channel.onMessage((message) => {
  if (message.type === "swap" && policy !== undefined) {
    const { path } = message;
    const swapping = policy;
    swaps = swaps.then(() => swap(swapping, path)).catch(fail);
  } else last = last.then(() => take(message)).catch(fail);
});
channel.onClose(() => process.exit(0));
process.on("SIGINT", () => {});

async function take(message: ToPolicy): Promise<void> {
  if (message.type === "start") return start(message);
  if (message.type === "stop") {
    await policy?.close();
    process.disconnect();
    return;
  }
  if (policy === undefined) throw new Error(`expected to be started first, found "${message.type}"`);
  if (message.type === "swap") return swap(policy, message.path); // it came while the process started
  const begin = performance.now();
  const answer = await policy.answer(message.question);
  answerMs = performance.now() - begin;
  channel.send({ type: "answer", answer: { ...answer, action: spoilable(answer.action) } });
}

async function start({ config, sequence }: Extract<ToPolicy, { type: "start" }>): Promise<void> {
  await warmUp();
  const { schema } = await loadMachine(config);
  const note = (text: string): void => channel.send({ type: "note", text });
  policy = new Policy(schema, config.seed, `from step ${sequence}`, config.runtime.policy, note);
  if (config.play !== undefined) {
    await policy.accept(await reader.read(config.play));
    channel.send({ type: "acting", version: policy.version });
    return report(config.runtime.supervisor.statusMs);
  }
  const found = chosenBundle(join(config.run, "robot", "policy"), note);
  if (found === undefined) channel.send({ type: "acting", version: 0 });
  else {
    const { path } = found;
    const started = policy;
    swaps = swaps.then(() => swap(started, path));
    await swaps;
  }
  report(config.runtime.supervisor.statusMs);
}

function report(everyMs: number): void {
  setInterval(() => {
    channel.send({ type: "status", version: policy?.version ?? 0, surprise: policy?.surprise ?? 0, answerMs });
  }, everyMs).unref();
}

async function swap(policy: Policy, path: string): Promise<void> {
  const began = performance.now();
  const delays = monitorEventLoopDelay({ resolution: BLOCK_RESOLUTION_MS });
  delays.enable();
  try {
    await policy.accept(await reader.read(path));
    const stagedMs = performance.now() - began;
    delays.disable();
    const blockedMs = Math.max(0, delays.max / 1e6 - BLOCK_RESOLUTION_MS);
    channel.send({ type: "acting", version: policy.version, swap: { stagedMs, blockedMs } });
  } catch (error) {
    channel.send({ type: "kept", path, reason: (error as Error).message });
  } finally {
    delays.disable();
  }
}

function fail(error: Error): void {
  process.stderr.write(`policy: ${error.message}\n`);
  process.exit(1);
}
