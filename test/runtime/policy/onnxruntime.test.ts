import { execFileSync } from "node:child_process";
import { mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { policyParts } from "./bundles.ts";

const built = (path: string): string => JSON.stringify(new URL(`../../../dist/${path}`, import.meta.url).href);

/** Opens a session, here or in a training thread. */
const program = `
import { readFileSync } from "node:fs";
import { isMainThread, parentPort } from "node:worker_threads";
const { loadOnnxruntime } = await import(${built("runtime/policy/onnxruntime.js")});
const { serveTraining, startTrainingThread } = await import(${built("learner/train/thread.js")});
async function open() {
  const { InferenceSession } = await loadOnnxruntime();
  const session = await InferenceSession.create(readFileSync(process.env.GRAPH));
  await session.release();
}
if (!isMainThread) serveTraining(parentPort, { update: open, close() {} }, () => parentPort.close());
else if (process.env.WHERE === "here") await open();
else {
  const thread = startTrainingThread(new URL(import.meta.url));
  await thread.update();
  await thread.close();
}
`;

let top: string;
beforeEach(() => {
  top = mkdtempSync(join(tmpdir(), "reverie-onnxruntime-"));
});
afterEach(() => rmSync(top, { recursive: true, force: true }));

test.each(["here", "in a training thread"])(
  "a session opened %s leaves nothing behind outside the run",
  (WHERE) => {
    const script = join(top, "program.mjs");
    const GRAPH = join(top, "graph.onnx");
    const home = join(top, "home");
    writeFileSync(script, program);
    writeFileSync(GRAPH, policyParts(1, 1).graph);
    mkdirSync(home);
    const { PATH } = process.env;
    execFileSync(process.execPath, [script], { env: { PATH, WHERE, GRAPH, HOME: home, TMPDIR: home } });
    expect(readdirSync(home, { recursive: true })).toEqual([]);
  },
  20_000,
);
