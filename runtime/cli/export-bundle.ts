import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { loadRobot } from "../../robots/catalogue.ts";
import { leaves } from "../config.ts";
import { readBundle, sha256, writeBundleAs } from "../wire/bundle.ts";
import { encodeSafetensors } from "../wire/safetensors.ts";
import { policyOfRun } from "./policy-source.ts";

/** Writes the newest policy of a run as a bundle of its own, its weights in half precision, and reads it back. */
export async function exportBundle(run: string, directory: string): Promise<number> {
  if (existsSync(directory) && readdirSync(directory).length > 0 && !existsSync(join(directory, "done"))) {
    throw new Error(`${directory}: expected no directory there yet, or a bundle, found something else`);
  }
  const { bundle, saved, notes } = policyOfRun(run);
  for (const line of notes) console.error(line);
  const { manifest, graph } = bundle;
  const weights = encodeSafetensors(bundle.weights, {}, "F16");
  writeBundleAs(directory, { ...manifest, weightsHash: sha256(weights) }, graph, weights);
  readBundle(directory);

  const bytes = readdirSync(directory).reduce((sum, file) => sum + readFileSync(join(directory, file)).length, 0);
  const { schema, policyVersion, transitions } = manifest;
  console.log(
    `${directory}: policy ${policyVersion} of ${schema.robot}, learned from ${transitions} steps, ${(bytes / 1e6).toFixed(1)} MB`,
  );
  const { settings } = await loadRobot(schema.robot);
  const defaults = new Map(leaves(settings));
  for (const [name, value] of leaves((saved as { task?: object }).task ?? {})) {
    const own = defaults.get(name);
    if (String(own) !== String(value))
      console.log(`learned with --task.${name}=${value}, where the robot's own is ${own}`);
  }
  return 0;
}
