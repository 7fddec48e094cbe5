import { createHash } from "node:crypto";
import { existsSync, readFileSync } from "node:fs";
import { basename, join } from "node:path";
import { readRunSchema, writeRunSchema } from "../../learner/train/run-schema.ts";
import type { RobotDefinition } from "../../robots/definition.ts";
import { ImportedLog } from "../log/imported-log.ts";
import { type Dataset, openDataset } from "../log/lerobot/dataset-reader.ts";
import { INFO_PATH, isPicture } from "../log/lerobot/format.ts";
import { rewardOf } from "../log/lerobot/imported-steps.ts";
import { ownMapping, parseMapping } from "../log/lerobot/mapping.ts";
import { selectionOf } from "../log/lerobot/selection.ts";
import type { Heading } from "../log/mcap-file.ts";
import { type StepSchema, stepSchema } from "../step.ts";
import type { Task } from "../task.ts";
import { schemaDifferences } from "../wire/schema-difference.ts";
import { expectPositionals, parseArguments } from "./arguments.ts";
import { datasetSteps } from "./dataset-steps.ts";
import { count } from "./display.ts";
import { checkTask, robotCalled, robotDefaults } from "./robot-settings.ts";
import { RunDirectory } from "./run-directory.ts";
import { resolveSettings } from "./settings.ts";
import { UsageError } from "./usage-error.ts";

/** `log import`: a LeRobotDataset as a stream of its own in a run's experience. */
export async function logImport(argv: readonly string[], print: (line: string) => void): Promise<number> {
  const table = { as: "text", run: "text", map: "text", reward: "text" } as const;
  const args = parseArguments("log import", argv, table);
  const [path = ""] = expectPositionals("log import", ["dataset"], args);
  const { as: name, run, map, reward } = args.values;
  if (name === undefined) throw new UsageError("log import: expected --as <robot>, found none");
  if (run === undefined) throw new UsageError("log import: expected --run <dir>, found none");
  const definition = await robotCalled("log import", name);
  const dataset = await openDataset(path);
  const directory = new RunDirectory(run);
  try {
    const resolved = resolveSettings(robotDefaults(name, definition), directory.readConfig(), args.overrides, run);
    checkTask(definition, resolved.settings, resolved.before);
    const task = definition.task(resolved.settings.task);
    const schema = schemaFor(run, definition, task);
    const text = map === undefined ? undefined : readFileSync(map, "utf8");
    const mapping = text === undefined ? ownMapping(schema, dataset.info.features) : parseMapping(text, map!);
    const selection = selectionOf(mapping, schema, dataset.info);
    const stream = streamName(path, `${text}\n${reward}`);
    const place = join(run, "learner", "log", stream);
    if (existsSync(place)) throw new Error(`${run}: expected a dataset that is not in it yet, found ${stream}`);
    const rewardFeature = checkedReward(dataset, reward);
    const log = new ImportedLog(
      join(run, "learner", "importing"),
      schema,
      heading(dataset, text, rewardFeature),
      print,
    );
    try {
      const rules = { schema, selection, mapAction: task.mapAction, reward: rewardFeature };
      for await (const step of datasetSteps(dataset, rules)) log.add(step);
      if (log.steps === 0) throw new Error(`${path}: expected frames, found none`);
      directory.writeConfig(resolved.file);
      directory.recordChanges(resolved.changes);
      writeRunSchema(join(run, "learner"), schema); // first: a log that nothing explains would not be read
      await log.finish(place);
    } catch (error) {
      await log.drop();
      throw error;
    }
    if (rewardFeature === undefined)
      print("no reward in the dataset: it is 0 everywhere; --reward <feature> chooses one");
    print(
      `${place}: ${count(log.steps)} steps of ${count(dataset.episodes.length)} episodes, reward ${rewardFeature ?? 0}`,
    );
    return 0;
  } finally {
    directory.close();
  }
}

/** The robot's schema. Throws where the run has experience of another. */
function schemaFor(run: string, { spec }: RobotDefinition, task: Task): StepSchema {
  const { calibration, ...schema } = stepSchema(spec, task);
  const known = readRunSchema(join(run, "learner"));
  if (known === undefined) return calibration === "" ? schema : { ...schema, calibration: calibration! };
  const differences = schemaDifferences(known, schema);
  if (differences.length > 0)
    throw new Error(`${run}: this run learns another robot or task: ${differences.join("; ")}`);
  return known;
}

function checkedReward({ info }: Dataset, asked: string | undefined): string | undefined {
  if (asked === undefined) return rewardOf(info.features);
  const { dtype, shape } = info.features[asked] ?? { dtype: "none", shape: [] };
  if (shape.join() === "1" && dtype !== "string") return asked;
  const numbers = Object.entries(info.features).filter(([, each]) => each.shape.join() === "1" && !isPicture(each));
  throw new Error(
    `dataset: expected --reward to be a single number of it, one of ${numbers.map(([key]) => key).join(", ")}, found "${asked}"`,
  );
}

/** The same for the same dataset, mapping and reward. */
function streamName(path: string, how: string): string {
  const hash = createHash("sha256")
    .update(readFileSync(join(path, INFO_PATH)))
    .update(how)
    .digest("hex")
    .slice(0, 8);
  const name = basename(path)
    .replaceAll(/[^A-Za-z0-9_-]+/g, "-")
    .slice(0, 40);
  return `imported-${name}-${hash}`;
}

/** What the log says of where it comes from. */
function heading({ directory, info }: Dataset, mapping: string | undefined, reward: string | undefined): Heading {
  const document = (name: string, text: string) => ({ name, mediaType: "application/json", data: Buffer.from(text) });
  const values = {
    source: directory,
    format: `LeRobotDataset ${info.codebase_version}`,
    robot_type: String(info.robot_type),
    episodes: String(info.total_episodes),
    frames: String(info.total_frames),
    reward: reward ?? "none: 0 everywhere",
    imported_at: new Date().toISOString(),
  };
  return {
    attachments: [
      document("info.json", readFileSync(join(directory, INFO_PATH), "utf8")),
      ...(mapping === undefined ? [] : [document("mapping.json", mapping)]),
    ],
    metadata: [{ name: "imported", values }],
  };
}
