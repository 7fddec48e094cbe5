import type { Plan } from "./plan.ts";
import { type PlannedRun, runName } from "./planned-run.ts";
import type { LineResult } from "./results.ts";

/** What `--json` prints. */
export function resultDocument(
  plan: Plan,
  directory: string,
  lines: readonly LineResult[],
  failures: ReadonlyMap<PlannedRun, string>,
  files: readonly string[],
): object {
  return {
    robot: plan.robot,
    steps: plan.steps,
    thresholds: plan.thresholds,
    directory,
    files,
    complete: lines.every(({ runs }) => runs.every(({ complete }) => complete)),
    lines: lines.map(({ name, runs }) => ({
      name,
      overrides: Object.fromEntries(plan.lines.find((line) => line.name === name)!.overrides),
      runs: runs.map(({ run, complete, numbers }) => ({
        seed: run.seed,
        name: runName(run),
        directory: run.directory,
        complete,
        ...numbers,
        ...(numbers === undefined ? {} : { passedAt: numbers.passedAt.map((steps) => steps ?? null) }),
        ...(failures.has(run) ? { failure: failures.get(run) } : {}),
      })),
    })),
  };
}
