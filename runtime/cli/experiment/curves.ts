import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { type Curve, curveSvg } from "../curve-svg.ts";
import type { LineResult } from "./results.ts";

/** Writes `curves.svg` and `curves.csv` of what is there, and returns their paths; none when nothing has learned yet. */
export function writeCurves(directory: string, robot: string, rateHz: number, lines: readonly LineResult[]): string[] {
  const there = lines.filter(({ curve }) => curve.length > 0);
  if (there.length === 0) return [];
  const files = { "curves.svg": picture(robot, rateHz, there), "curves.csv": table(rateHz, there) };
  mkdirSync(directory, { recursive: true });
  return Object.entries(files).map(([name, text]) => {
    const path = join(directory, name);
    writeFileSync(path, text);
    return path;
  });
}

/** Mean over the seeds as a line, their range shaded behind it. */
export function picture(robot: string, rateHz: number, lines: readonly LineResult[]): string {
  const minutes = (steps: number) => steps / rateHz / 60;
  const curves = lines.map(({ name, runs, curve }): Curve => {
    const begun = runs.filter(({ numbers }) => numbers !== undefined).length;
    return {
      label: `${name}, ${begun} ${begun === 1 ? "seed" : "seeds"}`,
      points: curve.map(({ steps, mean }) => [minutes(steps), mean]),
      band: begun > 1 ? curve.map(({ steps, low, high }) => [minutes(steps), low, high]) : [],
    };
  });
  const title = `${robot}: reward per step, mean of 1000 steps; mean and range over seeds`;
  return curveSvg(title, "robot time, minutes", "reward per step", curves);
}

function table(rateHz: number, lines: readonly LineResult[]): string {
  const rows = lines.flatMap(({ name, curve }) =>
    curve.map(({ steps, seeds, mean, low, high }) => {
      const numbers = [mean, low, high].map((reward) => reward.toFixed(4));
      return [quoted(name), steps, (steps / rateHz / 60).toFixed(3), seeds, ...numbers].join(",");
    }),
  );
  return `line,steps,minutes,seeds,mean,low,high\n${rows.join("\n")}\n`;
}

/** RFC 4180. */
const quoted = (text: string): string => (text.includes(",") ? `"${text}"` : text);
