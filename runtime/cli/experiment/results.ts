import { existsSync } from "node:fs";
import { join } from "node:path";
import { type Point, readRun } from "../learning-curve.ts";
import { readSessions } from "./made-by.ts";
import { type MeanPoint, meanCurve } from "./mean-curve.ts";
import { cleaned, type RunNumbers, runNumbers } from "./numbers.ts";
import type { PlannedRun } from "./planned-run.ts";

/** One run as far as it has got. */
export interface RunResult {
  readonly run: PlannedRun;
  readonly complete: boolean;
  /** Undefined when it has no metrics yet. */
  readonly numbers: RunNumbers | undefined;
}

/** The runs of one line. */
export interface LineResult {
  readonly name: string;
  readonly runs: readonly RunResult[];
  readonly curve: readonly MeanPoint[];
}

/** Steps a run has on disk; 0 when it is not there. */
export function stepsDone({ directory }: PlannedRun): number {
  return pointsOf(directory).at(-1)?.steps ?? 0;
}

/** What is on disk of an experiment, line by line. */
export function readResults(runs: readonly PlannedRun[], thresholds: readonly number[]): readonly LineResult[] {
  const names = [...new Set(runs.map(({ line }) => line))];
  return names.map((name): LineResult => {
    const read = runs
      .filter(({ line }) => line === name)
      .map((run) => {
        const all = pointsOf(run.directory);
        const points = cleaned(all, run.steps);
        const complete = (all.at(-1)?.steps ?? 0) >= run.steps;
        return { run, complete, points, numbers: runNumbers(points, readSessions(run.directory), thresholds) };
      });
    return {
      name,
      runs: read.map(({ run, complete, numbers }) => ({ run, complete, numbers })),
      curve: meanCurve(read.map(({ points }) => points)),
    };
  });
}

function pointsOf(directory: string): readonly Point[] {
  const path = join(directory, "learner", "metrics.jsonl");
  if (!existsSync(path)) return [];
  try {
    return readRun(directory).points;
  } catch {
    return []; // a run that has just begun
  }
}
