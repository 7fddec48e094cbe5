import { count } from "../display.ts";
import type { RunNumbers } from "./numbers.ts";
import type { LineResult } from "./results.ts";

/**
 * One row a line: means over its complete runs, their range behind it. Before the first is complete the row is of those
 * under way, and its second column says from which step.
 */
export function resultTable(lines: readonly LineResult[], thresholds: readonly number[]): string[] {
  const rows = lines.map((line) => ({ line, numbers: counted(line) }));
  const hasUpright = rows.some(({ numbers }) => numbers.some(({ upright }) => upright !== undefined));
  const header = [
    "line",
    "seeds",
    "reward, last 6000",
    "best 6000",
    ...thresholds.map((threshold) => `passed ${threshold}`),
    ...(hasUpright ? ["upright"] : []),
    "minutes",
  ];
  const cells = rows.map(({ line, numbers }) => [
    line.name,
    seeds(line, numbers),
    ranged(
      numbers.map(({ reward }) => reward),
      (x) => x.toFixed(2),
    ),
    ranged(
      numbers.map(({ best }) => best),
      (x) => x.toFixed(2),
    ),
    ...thresholds.map((_, i) =>
      ranged(
        numbers.map(({ passedAt }) => passedAt[i]),
        count,
      ),
    ),
    ...(hasUpright
      ? [
          ranged(
            numbers.map(({ upright }) => upright),
            (x) => `${(100 * x).toFixed(0)} %`,
          ),
        ]
      : []),
    ranged(
      numbers.map(({ wallMinutes }) => wallMinutes),
      (x) => x.toFixed(0),
    ),
  ]);
  return aligned([header, ...cells]);
}

function counted({ runs }: LineResult): readonly RunNumbers[] {
  const complete = runs.filter((run) => run.complete);
  return (complete.length > 0 ? complete : runs).flatMap(({ numbers }) => (numbers === undefined ? [] : [numbers]));
}

function seeds({ runs }: LineResult, numbers: readonly RunNumbers[]): string {
  const complete = runs.filter((run) => run.complete).length;
  const done = `${complete}/${runs.length}`;
  if (complete > 0 || numbers.length === 0) return done;
  return `${done}, at ${count(Math.min(...numbers.map(({ steps }) => steps)))}`;
}

/** Mean (lowest–highest), and how many of the runs have it when not all do. */
function ranged(values: readonly (number | undefined)[], text: (value: number) => string): string {
  const known = values.filter((value) => value !== undefined);
  if (known.length === 0) return "–";
  const mean = text(known.reduce((a, b) => a + b) / known.length);
  const [low, high] = [text(Math.min(...known)), text(Math.max(...known))];
  const range = low === high ? "" : ` (${low}–${high})`;
  return known.length === values.length ? mean + range : `${mean}${range} ${known.length}/${values.length}`;
}

function aligned(rows: readonly (readonly string[])[]): string[] {
  const widths = rows[0]!.map((_, column) => Math.max(...rows.map((row) => row[column]!.length)));
  return rows.map((row) =>
    row
      .map((cell, column) => cell.padEnd(widths[column]!))
      .join("  ")
      .trimEnd(),
  );
}
