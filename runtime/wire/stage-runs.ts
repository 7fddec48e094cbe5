/** Stages of consecutive steps, beside rows on the wire: the stage and how many steps it lasts, "" where it is not known. */
export type StageRun = readonly [stage: string, steps: number];

/** Stages are named in a few words; each name is counted by itself. */
const MOST_LETTERS = 100;

/** What a robot said of its rows' stages, none when it says nothing. Throws on what is not a list of runs. */
export function stageRuns(value: unknown): readonly StageRun[] {
  if (value === undefined || value === null) return [];
  if (!Array.isArray(value)) throw new Error(`stages: expected a list, found ${JSON.stringify(value)}`);
  for (const run of value) {
    if (
      !Array.isArray(run) ||
      typeof run[0] !== "string" ||
      run[0].length > MOST_LETTERS ||
      !Number.isSafeInteger(run[1]) ||
      run[1] < 1
    ) {
      throw new Error(
        `stages: expected a stage and a number of steps, found ${String(JSON.stringify(run)).slice(0, 200)}`,
      );
    }
  }
  return value;
}

/** Calls `take` for the part of each run that lies in the steps [from, to); the first run begins at step `first`. */
export function eachRunWithin(
  runs: readonly StageRun[],
  first: number,
  [from, to]: readonly [number, number],
  take: (stage: string, steps: number) => void,
): void {
  let at = first;
  for (const [stage, steps] of runs) {
    const inside = Math.min(at + steps, to) - Math.max(at, from);
    if (inside > 0) take(stage, inside);
    at += steps;
  }
}
