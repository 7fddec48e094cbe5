import * as fs from "node:fs";
import { join } from "node:path";
import type { RuntimeConfig } from "../defaults.ts";
import type { Cause } from "../robot.ts";
import type { StepSchema } from "../step.ts";
import { bundlePath, newestBundle, openBundle, pruneBundles, writeBundle } from "../wire/bundle.ts";
import type { PolicyManifest } from "../wire/manifest.ts";
import { misfit } from "../wire/policy-fit.ts";
import { type Choice, readChoice, writeChoice } from "./policies/choice.ts";
import { type JudgedStep, PolicyKeeper } from "./policies/keeper.ts";
import { readKnownReturns, writeKnownReturns } from "./policies/known-returns-file.ts";

export interface DownlinkOptions {
  /** Where bundles are kept. */
  readonly directory: string;
  readonly schema: StepSchema;
  readonly settings: RuntimeConfig["policy"];
  /** Policies change only where the learner's come in, so that a run is the same for its seed; nothing outlives a power loss. */
  readonly lockstep: boolean;
  /** Tells the policy where a bundle is. */
  readonly swap: (path: string) => void;
  /** How long the policy may take to say what became of it. */
  readonly timeoutMs: number;
  readonly report: (line: string) => void;
}

/** Policies of which it is known when they were made; one that is gone back to further says since when it acts. */
const MADE_KEPT = 64;

/**
 * Brings policies from the learner to the robot's disk, verified, and sees to it that the policy process takes up the right
 * one: the newest, or the one that was chosen.
 */
export class Downlink {
  readonly #options: DownlinkOptions;
  /** When policies were made that came since this process started, by version, s on the robot's monotonic clock. */
  readonly #made = new Map<number, number>();
  #acting = 0;
  #newest: { readonly graphHash: string; readonly policyVersion: number; readonly path: string };
  #settle: ((version: number | undefined) => void) | undefined;
  readonly #keeper: PolicyKeeper;
  /** What was swapped to last; "" before. */
  #swapped = "";
  /** The file of the choice as it was last seen or written. */
  #seen = "";
  #saved: unknown;
  #following: Promise<void> = Promise.resolve();

  /** Throws on a setting that is none, and when its directory cannot be used. */
  constructor(options: DownlinkOptions) {
    this.#options = options;
    fs.mkdirSync(options.directory, { recursive: true });
    const { directory, settings, report } = options;
    this.#seen = this.#look();
    this.#keeper = new PolicyKeeper(settings.rollback, this.#read(), readKnownReturns(directory), report);
    const found = newestBundle(options.directory, options.report);
    const usable =
      found !== undefined && misfit(options.schema, found.bundle.manifest) === undefined ? found : undefined;
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

  /** Of the newest policy on the disk; undefined while there is none. */
  get manifest(): unknown {
    return this.#newest.path === "" ? undefined : readManifest(join(this.#newest.path, "manifest.json"));
  }

  /** When the policy that acts was made, s on the robot's monotonic clock; undefined where that is not known. */
  get made(): { readonly policyVersion: number; readonly atSeconds: number } | undefined {
    const atSeconds = this.#made.get(this.#acting);
    return atSeconds === undefined ? undefined : { policyVersion: this.#acting, atSeconds };
  }

  /**
   * Resolves when the policy acts, was turned down, or nothing was heard for too long. Throws on a bundle that is wrong.
   * `made`: as `made` gives it back.
   */
  async take(manifest: PolicyManifest, weights: Uint8Array, sentGraph: Uint8Array, made?: number): Promise<void> {
    const { directory, schema, settings } = this.#options;
    const why = misfit(schema, manifest);
    if (why !== undefined) throw new Error(`policy ${manifest.policyVersion}: ${why}`);
    const known = sentGraph.length === 0 && manifest.graphHash === this.#newest.graphHash;
    const graph = known ? fs.readFileSync(join(this.#newest.path, "graph.onnx")) : sentGraph;
    openBundle(manifest, graph, weights);
    const path = this.#keep(manifest, graph, weights);
    this.#newest = { graphHash: manifest.graphHash, policyVersion: manifest.policyVersion, path };
    pruneBundles(directory, settings.keepBundles, this.#keeper.kept);
    if (made !== undefined) this.#made.set(manifest.policyVersion, made);
    const [oldest] = this.#made.keys();
    if (this.#made.size > MADE_KEPT) this.#made.delete(oldest!);
    await this.#follow();
  }

  #keep(manifest: PolicyManifest, graph: Uint8Array, weights: Uint8Array): string {
    const { directory, lockstep } = this.#options;
    try {
      return writeBundle(directory, manifest, graph, weights, { durable: !lockstep });
    } catch (error) {
      const { policyVersion } = manifest;
      throw new Error(`policy ${policyVersion}: not on disk, the one before stays: ${(error as Error).message}`);
    }
  }

  /** A step the robot took. */
  step(step: JudgedStep): void {
    if (this.#keeper.step(step)) this.#chosen();
  }

  /** The machine came to a fault that only a person ends. */
  fault(cause: Cause, text: string): void {
    if (this.#keeper.fault(cause, text)) this.#chosen();
  }

  /** Heeds what a person chose, and keeps what is known of the robot's returns. To be called about once a second. */
  beat(): void {
    const { directory, report } = this.#options;
    const { known } = this.#keeper;
    try {
      if (known !== undefined && known.best !== this.#saved) writeKnownReturns(directory, known);
      this.#saved = known?.best;
    } catch (error) {
      report(`policy: returns are not on disk: ${(error as Error).message}`);
    }
    const found = this.#look();
    if (found === this.#seen) return;
    this.#seen = found;
    const choice = this.#read();
    report(choice === undefined ? "policy: the newest again" : `policy: ${choice.policyVersion}: ${choice.why}`);
    this.#keeper.choose(choice);
    void this.#follow();
  }

  /** The policy process acts with `version`. */
  acting(version: number): void {
    this.#acting = version;
    this.#settle?.(version);
  }

  /** The policy process turned the bundle down. */
  kept(reason: string): void {
    this.#options.report(reason);
    this.#settle?.(undefined);
  }

  /** The robot itself chose. */
  #chosen(): void {
    const { directory, lockstep, report } = this.#options;
    try {
      writeChoice(directory, this.#keeper.choice);
      this.#seen = this.#look();
    } catch (error) {
      report(`policy: the choice is not on disk: ${(error as Error).message}`);
    }
    if (!lockstep) void this.#follow();
  }

  /** Sees to it that the right policy acts; one swap after the other. */
  #follow(): Promise<void> {
    this.#following = this.#following.then(() => this.#swap());
    return this.#following;
  }

  async #swap(): Promise<void> {
    const { directory, report, swap } = this.#options;
    const { choice } = this.#keeper;
    let { path, policyVersion } = this.#newest;
    if (choice !== undefined && choice.policyVersion !== policyVersion) {
      const chosen = bundlePath(directory, choice.policyVersion);
      if (fs.existsSync(chosen)) ({ path, policyVersion } = { path: chosen, policyVersion: choice.policyVersion });
      else report(`policy: expected ${choice.policyVersion} on disk, found it gone; the newest acts`);
    }
    if (path === "" || path === this.#swapped) return;
    this.#swapped = path;
    const done = this.#settled(policyVersion);
    swap(path);
    await done;
  }

  #read(): Choice | undefined {
    try {
      return readChoice(this.#options.directory);
    } catch (error) {
      this.#options.report((error as Error).message);
      return undefined;
    }
  }

  /** Changes whenever somebody writes the choice. */
  #look(): string {
    const found = fs.statSync(join(this.#options.directory, "choice.json"), { throwIfNoEntry: false });
    return found === undefined ? "" : `${found.ino} ${found.mtimeMs}`;
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
        if (version === undefined || version === expected || version === this.#newest.policyVersion) done();
      };
    });
  }
}

/** Undefined where it cannot be read: a recording goes on without it. */
function readManifest(path: string): unknown {
  try {
    return JSON.parse(fs.readFileSync(path, "utf8"));
  } catch {
    return undefined;
  }
}
