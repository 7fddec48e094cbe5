import * as fs from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import {
  newestBundle,
  openBundle,
  pruneBundles,
  readBundle,
  sha256,
  writeBundle,
} from "../../../runtime/wire/bundle.ts";
import { encodeSafetensors } from "../../../runtime/wire/safetensors.ts";
import { policyParts } from "../policy/bundles.ts";

let directory = "";
beforeEach(() => {
  directory = fs.mkdtempSync(join(tmpdir(), "reverie-bundle-"));
});
afterEach(() => {
  fs.rmSync(directory, { recursive: true, force: true });
});

function write(version: number): string {
  const { manifest, graph, weights } = policyParts(version, version);
  return writeBundle(directory, manifest, graph, weights);
}

test("a bundle is read as it was written, and written over by the same version", () => {
  const { manifest, graph } = policyParts(3, 3);
  write(3);
  const bundle = readBundle(write(3));
  expect(bundle.manifest).toEqual(manifest);
  expect(Buffer.from(bundle.graph).equals(graph)).toBe(true);
  expect(bundle.weights.gain!.data).toEqual(Float32Array.of(3, 3));
});

test.each([
  ["manifest.json", "no such file"],
  ["graph.onnx", "no such file"],
  ["weights.safetensors", "no such file"],
  ["done", 'expected a file "done", found none'],
])("without %s the bundle before is used, and it is said why", (file, why) => {
  write(1);
  const path = write(2);
  fs.rmSync(join(path, file));
  const lines: string[] = [];
  expect(newestBundle(directory, (line) => lines.push(line))?.bundle.manifest.policyVersion).toBe(1);
  expect(lines).toEqual([expect.stringContaining(path)]);
  expect(lines[0]).toContain(why);
});

test.each(["manifest.json", "graph.onnx", "weights.safetensors"])("%s cut short at any tenth is noticed", (file) => {
  const path = join(write(1), file);
  const whole = fs.readFileSync(path);
  for (let tenth = 0; tenth < 10; tenth++) {
    fs.writeFileSync(path, whole.subarray(0, Math.floor((whole.length * tenth) / 10)));
    expect(newestBundle(directory, () => {})).toBeUndefined();
  }
});

test("weights that are missing, too many, of another shape or not finite are refused", () => {
  const { manifest, graph } = policyParts(1, 1);
  const gain = { shape: [1, 2], data: Float32Array.of(1, 2) };
  const scale = { shape: [1, 1], data: Float32Array.of(0) };
  const open = (arrays: Parameters<typeof encodeSafetensors>[0]) => {
    const weights = encodeSafetensors(arrays);
    return () => openBundle({ ...manifest, weightsHash: sha256(weights) }, graph, weights);
  };
  expect(open({ gain, scale })).not.toThrow();
  expect(open({ gain })).toThrow("policy 1: expected scale [1,1], found none");
  expect(open({ gain, scale, more: scale })).toThrow("policy 1: expected 2 weights, found 1 more");
  expect(open({ gain: { ...gain, shape: [2, 1] }, scale })).toThrow("policy 1: expected gain [1,2], found [2,1]");
  expect(open({ gain: { ...gain, data: Float32Array.of(1, Number.NaN) }, scale })).toThrow("expected gain finite");
});

test("only the newest few are kept, and nothing a dead writer left", () => {
  for (let version = 1; version <= 12; version++) write(version);
  fs.mkdirSync(join(directory, "policy-0000000013.4711.tmp"));
  pruneBundles(directory, 3);
  expect(fs.readdirSync(directory).sort()).toEqual([10, 11, 12].map((version) => `policy-00000000${version}`));
});
