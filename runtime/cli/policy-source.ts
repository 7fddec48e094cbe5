import { cpSync, existsSync, mkdtempSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import type { StepSchema } from "../step.ts";
import { newestBundle, type PolicyBundle, readBundle } from "../wire/bundle.ts";
import { misfit } from "../wire/policy-fit.ts";
import { readSavedConfig } from "./run-directory.ts";

/** Where a policy to act with comes from. */
export interface PolicySource {
  readonly bundle: PolicyBundle;
  /** Where the bundle lies. */
  readonly path: string;
  /** What a person named: a run, or a robot's policy. */
  readonly from: string;
  /** The robot's part of the settings it was learned with; undefined for a published one: the robot's own. */
  readonly saved: unknown;
  /** Newer bundles that could not be read, a line each. */
  readonly notes: readonly string[];
}

/** Where a robot's published policy lies in this package, whether it runs from its sources or built. */
export function publishedPath(robot: string): string {
  let root = dirname(fileURLToPath(import.meta.url));
  while (!existsSync(join(root, "package.json"))) root = dirname(root);
  return join(root, "robots", robot, "policy");
}

/** The policy that comes with a robot. Throws when there is none, or it is damaged. */
export function publishedPolicy(robot: string, path = publishedPath(robot)): PolicySource {
  if (!existsSync(path)) {
    throw new Error(`${path}: expected the policy that comes with ${robot}, found none; --run <dir> plays a run's own`);
  }
  return { bundle: readBundle(path), path, from: path, saved: undefined, notes: [] };
}

/** The newest policy of a run, of one under way too. Throws when there is none that can be read. */
export function policyOfRun(run: string): PolicySource {
  const config = readSavedConfig(run);
  if (config === undefined) throw new Error(`${run}: expected a run, found no config.json in it`);
  const notes: string[] = [];
  const found = newestBundle(join(run, "policy"), (line) => notes.push(line));
  if (found === undefined) {
    throw new Error(notes[0] ?? `${run}: expected a policy, found none; it comes with the first checkpoint`);
  }
  const groups = Object.entries(config as object).filter(([group]) =>
    ["robot", "driver", "task", "serial", "mock", "ros2", "runtime"].includes(group),
  );
  return { ...found, from: run, saved: Object.fromEntries(groups), notes };
}

/** Throws where a policy is not for this robot, task, observation and action. */
export function assertPolicyFor(schema: StepSchema, { from, bundle }: PolicySource): void {
  const why = misfit(schema, bundle.manifest);
  if (why !== undefined) throw new Error(`${from}: policy ${bundle.manifest.policyVersion}: ${why}`);
}

/** A copy in a directory of its own, which is its caller's to remove: a run under way soon deletes its older policies. */
export function copyPolicy({ path }: PolicySource): string {
  const copy = mkdtempSync(join(tmpdir(), "reverie-policy-"));
  cpSync(path, copy, { recursive: true });
  return copy;
}
