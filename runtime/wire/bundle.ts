/** Policy bundles on disk: see README.md beside this file. */
import { createHash } from "node:crypto";
import * as fs from "node:fs";
import { dirname, join } from "node:path";
import type { PolicyManifest } from "./manifest.ts";
import { checkManifest } from "./manifest-check.ts";
import { decodeSafetensors, type FloatArrays } from "./safetensors.ts";

export interface PolicyBundle {
  readonly manifest: PolicyManifest;
  readonly graph: Uint8Array;
  /** Checked against the manifest: names, shapes, hash, every number finite. */
  readonly weights: FloatArrays;
}

const FILES = ["manifest.json", "graph.onnx", "weights.safetensors"] as const;
const NAME = /^policy-(\d{10})$/;

export function sha256(bytes: Uint8Array): string {
  return createHash("sha256").update(bytes).digest("hex");
}

/** Checks what arrived against its own manifest. Throws naming what differs. */
export function openBundle(manifest: PolicyManifest, graph: Uint8Array, weightsFile: Uint8Array): PolicyBundle {
  checkManifest(manifest);
  const name = `policy ${manifest.policyVersion}`;
  expectHash(`${name}: graph`, manifest.graphHash, graph);
  expectHash(`${name}: weights`, manifest.weightsHash, weightsFile);
  const { arrays } = decodeSafetensors(weightsFile);
  for (const { name: weight, shape } of manifest.weights) {
    const found = Object.hasOwn(arrays, weight) ? arrays[weight] : undefined;
    if (found === undefined || found.shape.join() !== shape.join()) {
      throw new Error(`${name}: expected ${weight} [${shape}], found ${found ? `[${found.shape}]` : "none"}`);
    }
    const bad = firstBad(found.data);
    if (bad !== undefined) throw new Error(`${name}: expected ${weight} finite, found ${bad}`);
  }
  const extra = Object.keys(arrays).length - manifest.weights.length;
  if (extra !== 0) throw new Error(`${name}: expected ${manifest.weights.length} weights, found ${extra} more`);
  return { manifest, graph, weights: arrays };
}

/**
 * Writes `<directory>/policy-<version>` so that it is there wholly or not at all; `durable`: also after a power
 * loss. Returns its path. Throws on a full disk.
 */
export function writeBundle(
  directory: string,
  manifest: PolicyManifest,
  graph: Uint8Array,
  weightsFile: Uint8Array,
  { durable = true } = {},
): string {
  const path = bundlePath(directory, manifest.policyVersion);
  writeBundleAs(path, manifest, graph, weightsFile, { durable });
  return path;
}

/** The same under a name of one's own; replaces what is there. */
export function writeBundleAs(
  path: string,
  manifest: PolicyManifest,
  graph: Uint8Array,
  weightsFile: Uint8Array,
  { durable = true } = {},
): void {
  const temporary = `${path}.${process.pid}.tmp`;
  fs.rmSync(temporary, { recursive: true, force: true });
  fs.mkdirSync(dirname(path), { recursive: true });
  fs.mkdirSync(temporary);
  try {
    const write = (file: string, bytes: Uint8Array): void =>
      fs.writeFileSync(join(temporary, file), bytes, { flush: durable });
    write("manifest.json", Buffer.from(`${JSON.stringify(manifest, null, 2)}\n`));
    write("graph.onnx", graph);
    write("weights.safetensors", weightsFile);
    write("done", new Uint8Array(0));
    fs.rmSync(path, { recursive: true, force: true });
    fs.renameSync(temporary, path);
  } catch (error) {
    fs.rmSync(temporary, { recursive: true, force: true });
    throw error;
  }
}

/** Reads and verifies. Throws naming the bundle and what is missing, cut short or changed. */
export function readBundle(path: string): PolicyBundle {
  if (!fs.existsSync(join(path, "done"))) throw new Error(`bundle ${path}: expected a file "done", found none`);
  try {
    const [manifest, graph, weights] = FILES.map((file) => fs.readFileSync(join(path, file)));
    return openBundle(JSON.parse(manifest!.toString()) as PolicyManifest, graph!, weights!);
  } catch (error) {
    throw new Error(`bundle ${path}: ${(error as Error).message}`);
  }
}

/** The newest bundle that verifies. Each newer one that does not is reported in one line. */
export function newestBundle(
  directory: string,
  report: (line: string) => void,
): { readonly path: string; readonly bundle: PolicyBundle } | undefined {
  for (const path of bundles(directory).reverse()) {
    try {
      return { path, bundle: readBundle(path) };
    } catch (error) {
      report((error as Error).message);
    }
  }
  return undefined;
}

/** Deletes all but the newest `keep` bundles and those of `versions`, and what writers that died left behind. */
export function pruneBundles(directory: string, keep: number, versions: readonly number[] = []): void {
  const kept = new Set(versions.map((version) => bundlePath(directory, version)));
  const old = bundles(directory).slice(0, -keep);
  const stale = fs.readdirSync(directory).filter((name) => name.startsWith("policy-") && name.endsWith(".tmp"));
  for (const path of [...old.filter((path) => !kept.has(path)), ...stale.map((name) => join(directory, name))]) {
    fs.rmSync(path, { recursive: true, force: true });
  }
}

export function bundlePath(directory: string, policyVersion: number): string {
  return join(directory, `policy-${String(policyVersion).padStart(10, "0")}`);
}

/** Paths of the bundles that are there, oldest first. */
export function bundles(directory: string): string[] {
  if (!fs.existsSync(directory)) return [];
  const names = fs.readdirSync(directory).filter((name) => NAME.test(name));
  return names.sort().map((name) => join(directory, name));
}

function expectHash(name: string, expected: string, bytes: Uint8Array): void {
  const found = sha256(bytes);
  if (found !== expected)
    throw new Error(`${name}: expected sha256 ${expected}, found ${found} in ${bytes.length} bytes`);
}

/** A plain loop: of the millions of numbers of a policy, each call of a function counts. */
function firstBad(data: Float32Array): number | undefined {
  for (let i = 0; i < data.length; i++) if (!Number.isFinite(data[i]!)) return data[i];
  return undefined;
}
