import { mkdirSync, mkdtempSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { REACHER } from "../../robots/reacher/reacher.ts";
import { type StepSchema, stepSchema } from "../../runtime/step.ts";
import { writeBundle } from "../../runtime/wire/bundle.ts";
import { type Parts, steadyParts } from "../runtime/policy/bundles.ts";

export const REACHER_SCHEMA: StepSchema = stepSchema(REACHER.spec, REACHER.task(REACHER.settings));

/** Joint targets that put the tip on the goal, as an action. */
const AT_THE_GOAL = [1.0112 / 1.6, 1.005 / 1.6];

/** A run of the reacher as far as others look into it: settings, and one policy that goes to the goal and stays. */
export function reacherRun({
  noise = 0,
  parts = steadyParts(7, REACHER_SCHEMA, AT_THE_GOAL, noise),
}: Options = {}): string {
  const run = mkdtempSync(join(tmpdir(), "reverie-reacher-"));
  const { manifest, graph, weights } = parts;
  writeFileSync(join(run, "config.json"), JSON.stringify({ robot: "reacher", seed: 3, clock: "lockstep", task: {} }));
  mkdirSync(join(run, "policy"));
  writeBundle(join(run, "policy"), manifest, graph, weights, { durable: false });
  return run;
}

interface Options {
  /** Standard deviation of its actions. */
  readonly noise?: number;
  readonly parts?: Parts;
}
