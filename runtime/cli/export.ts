import { existsSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { exportPolicy } from "../../learner/agent/export.ts";
import { LEARNER_DEFAULTS } from "../../learner/config.ts";
import { algorithmOf } from "../../learner/train/algorithms.ts";
import { newestBundle } from "../wire/bundle.ts";
import { expectPositionals, parseArguments } from "./arguments.ts";
import { exportBundle } from "./export-bundle.ts";
import { readSavedConfig } from "./run-directory.ts";
import { resolveSettings } from "./settings.ts";

export const usage = `export <run> <file> | export <run> --bundle <dir>

Moves nothing. Writes the newest policy of a run as one ONNX file, its weights inside, for any ONNX runtime.

  <run>           a run directory; a run that is under way may be exported too
  <file>          what to write, as policy.onnx; it must not be there yet
  --bundle <dir>  write a bundle instead, its weights as float16: robots/<robot>/policy is what "reverie play <robot>" acts
                  with; a bundle that is there already is replaced

Inputs of the graph, all float32: observation [1, O], previousAction [1, A], isFirst [1, 1], deter [1, D], stoch [1, S·C],
posteriorNoise [1, S] uniform in [0, 1), actionNoise [1, A] standard normal. Outputs: action [1, A], to be clipped to
[−1, 1], nextDeter, nextStoch, value, surprise. What the observation is made of is in the file's metadata.`;

export async function exportRun(argv: readonly string[]): Promise<number> {
  const args = parseArguments("export", argv, { bundle: "text" });
  if (args.values.bundle !== undefined) {
    const [run = ""] = expectPositionals("export", ["run"], args);
    return exportBundle(run, args.values.bundle);
  }
  const [run = "", file = ""] = expectPositionals("export", ["run", "file"], args);
  if (existsSync(file)) throw new Error(`${file}: expected no file there yet, found one`);
  const saved = readSavedConfig(run);
  if (saved === undefined) throw new Error(`${run}: expected a run, found no config.json in it`);
  const { settings } = resolveSettings({ learner: LEARNER_DEFAULTS }, saved, [], run);
  const found = newestBundle(join(run, "policy"), (line) => console.error(line));
  if (found === undefined) throw new Error(`${run}: expected a policy, found none; it comes with the first checkpoint`);

  const { manifest, weights } = found.bundle;
  const { schema, policyVersion, learnerUpdates, transitions } = manifest;
  const metadata = {
    robot: schema.robot,
    task: schema.task,
    schema: JSON.stringify(schema),
    policyVersion: String(policyVersion),
    learnerUpdates: String(learnerUpdates),
    transitions: String(transitions),
  };
  const { tracePolicy } = algorithmOf(settings.learner);
  const bytes = await exportPolicy(schema, settings.learner, weights, metadata, tracePolicy);
  const draft = `${file}.${process.pid}`;
  try {
    writeFileSync(draft, bytes);
    renameSync(draft, file);
  } finally {
    rmSync(draft, { force: true });
  }
  console.log(`${file}: policy ${policyVersion} of ${schema.robot}, ${(bytes.length / 1e6).toFixed(1)} MB`);
  return 0;
}
