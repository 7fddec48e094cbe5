import { existsSync, readFileSync } from "node:fs";
import { basename, join, resolve } from "node:path";
import { readRunSchema } from "../../learner/train/run-schema.ts";

/** One line of a run's metrics, as far as a curve needs it. */
export interface Point {
  readonly steps: number;
  readonly updates: number;
  /** Reward per step, mean of the last 1000 and 6000 steps, of all when there are fewer. */
  readonly reward1000: number;
  readonly reward6000: number;
  /** Wall time it was written at, ms since 1970. */
  readonly timeMs: number;
  /** Share of upright steps since the line before; undefined where the robot's metrics do not have it. */
  readonly upright: number | undefined;
}

export interface Run {
  readonly name: string;
  readonly robot: string;
  readonly rateHz: number;
  readonly points: readonly Point[];
}

/** What a run earned so far; it may be under way. Throws when it has not learned yet. */
export function readRun(directory: string): Run {
  const schema = readRunSchema(join(directory, "learner"));
  const path = join(directory, "learner", "metrics.jsonl");
  if (schema === undefined || !existsSync(path)) {
    throw new Error(`${directory}: expected a run that has learned, found no metrics in it`);
  }
  const points = readFileSync(path, "utf8").split("\n").flatMap(readPoint);
  if (points.length === 0) throw new Error(`${path}: expected lines with steps and rewards, found none`);
  return { name: basename(resolve(directory)), robot: schema.robot, rateHz: schema.policyRateHz, points };
}

/** Robot time of a point, minutes. */
export const minutes = ({ rateHz }: Run, { steps }: Point): number => steps / rateHz / 60;

/** A line cut short by a crash counts as none. */
function readPoint(line: string): Point[] {
  try {
    const { steps, updates, reward1000, reward6000, time, metrics } = JSON.parse(line);
    if (![steps, updates, reward1000, reward6000].every(Number.isFinite)) return [];
    const upright = Number.isFinite(metrics?.upright) ? metrics.upright : undefined;
    return [{ steps, updates, reward1000, reward6000, timeMs: Date.parse(time), upright }];
  } catch {
    return [];
  }
}
