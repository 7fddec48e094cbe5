import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { basename, join, resolve } from "node:path";
import { readRunSchema } from "../../learner/train/run-schema.ts";
import { parseArguments } from "./arguments.ts";
import { type Curve, curveSvg } from "./curve-svg.ts";
import { UsageError } from "./usage-error.ts";

export const usage = `plot <run> [<run> …] <file>

Moves nothing. Draws what runs earned over robot time: reward per step, mean of the last 1000 steps.

  <run>           run directories, one line of the picture each; a run that is under way may be drawn too
  <file>          curve.svg for a picture, curve.csv for its numbers; written over`;

/** One line of a run's metrics, as far as a curve needs it. */
interface Point {
  readonly steps: number;
  readonly updates: number;
  readonly reward1000: number;
  readonly reward6000: number;
}

interface Run {
  readonly name: string;
  readonly robot: string;
  readonly rateHz: number;
  readonly points: readonly Point[];
}

export async function plot(argv: readonly string[]): Promise<number> {
  const { positionals } = parseArguments("plot", argv, {});
  const file = positionals.at(-1) ?? "";
  const directories = positionals.slice(0, -1);
  if (directories.length === 0) throw new UsageError("plot: expected <run> and <file>, found too little");
  if (!/\.(svg|csv)$/.test(file)) throw new UsageError(`plot: expected a file named *.svg or *.csv, found "${file}"`);
  const runs = directories.map(readRun);
  writeFileSync(file, file.endsWith(".svg") ? picture(runs) : table(runs));
  console.log(`${file}: ${runs.map(({ name, points }) => `${name} to step ${points.at(-1)!.steps}`).join(", ")}`);
  return 0;
}

function readRun(directory: string): Run {
  const schema = readRunSchema(join(directory, "learner"));
  const path = join(directory, "learner", "metrics.jsonl");
  if (schema === undefined || !existsSync(path)) {
    throw new Error(`${directory}: expected a run that has learned, found no metrics in it`);
  }
  const points = readFileSync(path, "utf8").split("\n").flatMap(readPoint);
  if (points.length === 0) throw new Error(`${path}: expected lines with steps and rewards, found none`);
  return { name: basename(resolve(directory)), robot: schema.robot, rateHz: schema.policyRateHz, points };
}

/** A line cut short by a crash counts as none. */
function readPoint(line: string): Point[] {
  try {
    const point = JSON.parse(line) as Point;
    return [point.steps, point.updates, point.reward1000, point.reward6000].every(Number.isFinite) ? [point] : [];
  } catch {
    return [];
  }
}

const minutes = ({ rateHz }: Run, { steps }: Point): number => steps / rateHz / 60;

function picture(runs: readonly Run[]): string {
  const curves = runs.map(
    (run): Curve => ({ label: run.name, points: run.points.map((point) => [minutes(run, point), point.reward1000]) }),
  );
  const robots = [...new Set(runs.map(({ robot }) => robot))].join(", ");
  return curveSvg(`${robots}: reward per step, mean of 1000 steps`, "robot time, minutes", "reward per step", curves);
}

function table(runs: readonly Run[]): string {
  const lines = runs.flatMap((run) =>
    run.points.map((point) => {
      const numbers = [point.reward1000, point.reward6000].map((reward) => reward.toFixed(4));
      return [run.name, point.steps, minutes(run, point).toFixed(3), point.updates, ...numbers].join(",");
    }),
  );
  return `run,steps,minutes,updates,reward1000,reward6000\n${lines.join("\n")}\n`;
}
