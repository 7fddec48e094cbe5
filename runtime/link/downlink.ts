import * as fs from "node:fs";
import { join } from "node:path";
import type { StepSchema } from "../step.ts";
import { schemaHash } from "../step.ts";
import { newestBundle, openBundle, pruneBundles, writeBundle } from "../wire/bundle.ts";
import type { PolicyManifest } from "../wire/manifest.ts";

export interface DownlinkOptions {
  /** Where bundles are kept. */
  readonly directory: string;
  readonly schema: StepSchema;
  readonly keep: number;
  /** Policies outlive a power loss; costs a few ms each. */
  readonly durable: boolean;
  /** Tells the policy where a bundle is. */
  readonly swap: (path: string) => void;
  /** How long the policy may take to say what became of it. */
  readonly timeoutMs: number;
  readonly report: (line: string) => void;
}

/** Brings policies from the learner to the robot's disk, verified, and sees to it that the policy process takes them up. */
export class Downlink {
  readonly #options: DownlinkOptions;
  #newest: { readonly graphHash: string; readonly policyVersion: number; readonly path: string };
  #settle: ((version: number | undefined) => void) | undefined;

  constructor(options: DownlinkOptions) {
    this.#options = options;
    fs.mkdirSync(options.directory, { recursive: true });
    const found = newestBundle(options.directory, options.report);
    const usable = found?.bundle.manifest.schemaHash === schemaHash(options.schema) ? found : undefined;
    this.#newest = {
      graphHash: usable?.bundle.manifest.graphHash ?? "",
      policyVersion: usable?.bundle.manifest.policyVersion ?? 0,
      path: usable?.path ?? "",
    };
  }

  /** What the robot has on disk, for hello. */
  get policy(): { readonly graphHash: string; readonly policyVersion: number } {
    return { graphHash: this.#newest.graphHash, policyVersion: this.#newest.policyVersion };
  }

  /** Resolves when the policy acts, was turned down, or nothing was heard for too long. Throws on a bundle that is wrong. */
  async take(manifest: PolicyManifest, weights: Uint8Array, sentGraph: Uint8Array): Promise<void> {
    const { directory, schema, keep, durable, swap } = this.#options;
    const expected = schemaHash(schema);
    if (manifest.schemaHash !== expected) {
      throw new Error(`policy ${manifest.policyVersion}: expected schema ${expected}, found ${manifest.schemaHash}`);
    }
    const known = sentGraph.length === 0 && manifest.graphHash === this.#newest.graphHash;
    const graph = known ? fs.readFileSync(join(this.#newest.path, "graph.onnx")) : sentGraph;
    openBundle(manifest, graph, weights);
    const path = writeBundle(directory, manifest, graph, weights, { durable });
    this.#newest = { graphHash: manifest.graphHash, policyVersion: manifest.policyVersion, path };
    pruneBundles(directory, keep);
    const done = this.#settled(manifest.policyVersion);
    swap(path);
    await done;
  }

  /** The policy process acts with `version`. */
  acting(version: number): void {
    this.#settle?.(version);
  }

  /** The policy process turned the bundle down. */
  kept(reason: string): void {
    this.#options.report(reason);
    this.#settle?.(undefined);
  }

  #settled(expected: number): Promise<void> {
    const { timeoutMs, report } = this.#options;
    return new Promise((resolve) => {
      const done = (): void => {
        clearTimeout(timer);
        this.#settle = undefined;
        resolve();
      };
      const timer = setTimeout(() => {
        report(`policy ${expected}: expected to be taken up in ${timeoutMs} ms, heard nothing`);
        done();
      }, timeoutMs);
      this.#settle = (version) => {
        if (version === undefined || version >= expected) done();
      };
    });
  }
}
