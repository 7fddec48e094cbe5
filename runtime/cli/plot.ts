import { writeFileSync } from "node:fs";
import { parseArguments } from "./arguments.ts";
import { type Curve, curveSvg } from "./curve-svg.ts";
import { minutes, type Run, readRun } from "./learning-curve.ts";
import { UsageError } from "./usage-error.ts";

export const usage = `plot <run> [<run> …] <file>

Moves nothing. Draws what runs earned over robot time: reward per step, mean of the last 1000 steps.

  <run>           run directories, one line of the picture each; a run that is under way may be drawn too
  <file>          curve.svg for a picture, curve.csv for its numbers; written over`;

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
