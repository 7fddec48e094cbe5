import { join } from "node:path";
import { LEARNER_DEFAULTS, type LearnerConfig, PRESETS } from "../../../learner/config.ts";
import { checkConfig } from "../../../learner/train/checks.ts";
import type { RobotDefinition } from "../../../robots/definition.ts";
import { leaves, savable } from "../../config.ts";
import { checkTask, type RobotSettings, robotDefaults } from "../robot-settings.ts";
import { readSavedConfig } from "../run-directory.ts";
import { resolveSettings } from "../settings.ts";
import type { Line, Plan } from "./plan.ts";

/** One run of an experiment. */
export interface PlannedRun {
  readonly line: string;
  readonly seed: number;
  readonly directory: string;
  /** It is complete with so many. */
  readonly steps: number;
  /** What it is to be, every setting. */
  readonly settings: RobotSettings & { readonly learner: LearnerConfig };
  /** What `teach` is told besides the directory and how many steps are left. */
  readonly arguments: readonly string[];
}

/** "line/seed0", what a person knows a run by. */
export const runName = ({ line, seed }: PlannedRun): string => `${line}/seed${seed}`;

/**
 * Every line with every seed, in the order in which they are run: all seeds of the first line first, so that a curve over
 * seeds is there early. Throws on settings no run can have, naming file, line and setting.
 */
export function plannedRuns(file: string, plan: Plan, definition: RobotDefinition, directory: string): PlannedRun[] {
  return plan.lines.flatMap((line) =>
    plan.seeds.map((seed): PlannedRun => {
      const typed = [["seed", String(seed)], ["clock", "lockstep"], ...line.overrides] as const;
      return {
        line: line.name,
        seed,
        directory: join(directory, line.name, `seed${seed}`),
        steps: plan.steps,
        settings: resolve(file, line, plan.robot, definition, typed),
        arguments: [
          ...[plan.robot, "--clock", "lockstep", "--seed", String(seed)],
          ...line.overrides.map(([path, text]) => `--${path}=${text}`),
        ],
      };
    }),
  );
}

function resolve(
  file: string,
  { name }: Line,
  robot: string,
  definition: RobotDefinition,
  typed: readonly (readonly [string, string])[],
): PlannedRun["settings"] {
  try {
    const defaults = { ...robotDefaults(robot, definition), learner: LEARNER_DEFAULTS };
    const { settings } = resolveSettings(defaults, undefined, typed, "");
    const { preset } = settings.learner;
    if (!Object.hasOwn(PRESETS, preset)) {
      throw new Error(`learner.preset: expected one of ${Object.keys(PRESETS).join(", ")}, found "${preset}"`);
    }
    checkConfig(settings.learner);
    checkTask(definition, settings, undefined);
    return settings;
  } catch (error) {
    throw new Error(`${file}: lines.${name}: ${(error as Error).message.replace(/^(--|config: )/, "")}`);
  }
}

/**
 * How a run that is there differs from what is asked for; undefined when it does not, or is not there. A setting that one
 * of the two does not know, because the code is newer or older, is no difference.
 */
export function differenceFrom({ directory, settings }: PlannedRun): string | undefined {
  const saved = readSavedConfig(directory);
  if (saved === undefined) return undefined;
  const there = new Map(leaves(saved as object).map(([path, value]) => [path, JSON.stringify(value)]));
  for (const [path, value] of leaves(savable(settings) as object)) {
    const found = there.get(path);
    const expected = JSON.stringify(value);
    if (found !== undefined && found !== expected) {
      return `${directory}: expected a run with ${path} ${expected}, found one with ${found}`;
    }
  }
  return undefined;
}
