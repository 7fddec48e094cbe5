import { type StepSchema, schemaHash } from "../../runtime/step.ts";
import { newestBundle, pruneBundles, sha256, writeBundle } from "../../runtime/wire/bundle.ts";
import { MANIFEST_FORMAT } from "../../runtime/wire/manifest.ts";
import type { PolicyGraph } from "../algorithm/policy-graph.ts";
import type { Policy } from "./policy.ts";
import { type Account, pretrained, type RatioSettings } from "./ratio.ts";

export interface PublishSettings extends RatioSettings {
  /** Between two policies: seconds in real time, robot steps in lockstep. */
  readonly publishSeconds: number;
  readonly publishSteps: number;
}

export interface PublisherOptions {
  /** The run's policy bundles. */
  readonly directory: string;
  readonly settings: PublishSettings;
  readonly lockstep: boolean;
  readonly nowMs: () => number;
  readonly report: (line: string) => void;
}

const KEEP_BUNDLES = 3;

/** Numbers the policies of a run and knows when the next is due. */
export class Publisher {
  readonly #options: PublisherOptions;
  #version: number;
  #current: Policy | undefined;
  #last: { readonly steps: number; readonly updates: number; readonly atMs: number } | undefined;
  #count = 0;

  /** Goes on from the newest bundle on disk. */
  constructor(options: PublisherOptions) {
    this.#options = options;
    this.#version = newestBundle(options.directory, options.report)?.bundle.manifest.policyVersion ?? 0;
  }

  /** Newest version given to a policy, 0 when none. */
  get version(): number {
    return this.#version;
  }

  /** Policies since this process started. */
  get count(): number {
    return this.#count;
  }

  /** The newest; undefined before the first of this process. */
  get current(): Policy | undefined {
    return this.#current;
  }

  /** Robot steps when the newest was made. */
  get lastSteps(): number | undefined {
    return this.#last?.steps;
  }

  /** Somebody has seen `version` already, in a life of this learner that no checkpoint knows: the next comes after it. */
  startAfter(version: number): void {
    if (version <= this.#version) return;
    this.#version = version;
    this.#current = undefined;
    this.#last = undefined;
  }

  isDue(account: Account): boolean {
    const { settings, lockstep, nowMs } = this.#options;
    if (!pretrained(account, settings)) return false;
    const last = this.#last;
    if (last === undefined) return true;
    if (lockstep) return account.steps - last.steps >= settings.publishSteps;
    return account.updates > last.updates && nowMs() - last.atMs >= 1000 * settings.publishSeconds;
  }

  make(schema: StepSchema, graph: PolicyGraph, weights: Uint8Array, account: Account): Policy {
    this.#version++;
    this.#count++;
    this.#last = { steps: account.steps, updates: account.updates, atMs: this.#options.nowMs() };
    this.#current = {
      manifest: {
        formatVersion: MANIFEST_FORMAT,
        policyVersion: this.#version,
        learnerUpdates: account.updates,
        transitions: account.steps,
        schema,
        schemaHash: schemaHash(schema),
        graphHash: graph.hash,
        weightsHash: sha256(weights),
        weights: graph.weights,
        deter: graph.deter,
        stochGroups: graph.stochGroups,
        stochClasses: graph.stochClasses,
      },
      weights,
      graph: graph.bytes,
      made: this.#last.atMs / 1000,
    };
    return this.#current;
  }

  /** Writes the newest as the run's policy bundle. On a full disk, says so and leaves those before it. */
  store(): void {
    if (this.#current === undefined) return;
    const { directory, report } = this.#options;
    const { manifest, weights, graph } = this.#current;
    try {
      writeBundle(directory, manifest, graph, weights);
      pruneBundles(directory, KEEP_BUNDLES);
    } catch (error) {
      report(`policy ${manifest.policyVersion} was not stored: ${(error as Error).message}`);
    }
  }
}
