import { loadavg } from "node:os";
import { expectPositionals, parseArguments, wholeNumber } from "../arguments.ts";
import { measuredPath, saveMeasured } from "../failures/measured-file.ts";
import { type FailureRow, failureRow, headLine, rowLine } from "../failures/row.ts";
import { type Outcome, trial } from "../failures/trial.ts";
import { CAUSES, type Cause, HOWS, type How, waysOf } from "../failures/ways.ts";
import { robotCalled, robotDefaults } from "../robot-settings.ts";
import { UsageError } from "../usage-error.ts";

const NAME = "bench failures";
const MOST_STARTS = 4;
const OPTIONS = { trials: "text", robot: "text", cause: "text", how: "text", json: "flag" } as const;

/**
 * Lets every process of a robot fail in every way, in real time, and measures until its motors have their end state. Each row
 * is kept for the safety page as soon as it is there; what could not be measured does not take the rest along.
 */
export async function benchFailures(argv: readonly string[]): Promise<number> {
  const args = parseArguments(NAME, argv, OPTIONS);
  expectPositionals(NAME, [], args);
  const { values, flags } = args;
  const trials = wholeNumber(NAME, "trials", values.trials ?? "20", 1, 1000);
  const causes = chosen("cause", CAUSES, values.cause);
  const hows = chosen("how", HOWS, values.how);
  const robot = values.robot ?? "a1";
  const settings = robotDefaults(robot, await robotCalled(NAME, robot));
  const json = flags.has("json");
  const load = loadavg()[0]!;
  if (!json) console.log(`${robot}, ${trials} trials each, beside a load of ${load.toFixed(1)}\n${headLine()}`);
  const path = measuredPath(robot);
  const rows: FailureRow[] = [];
  const missing: { readonly cause: Cause; readonly how: How | undefined; readonly why: string }[] = [];
  let unsaved: string | undefined;
  for (const cause of causes) {
    for (const how of waysOf(cause, hows)) {
      const outcomes: Outcome[] = [];
      try {
        while (outcomes.length < trials) outcomes.push(await patientTrial(settings, cause, how));
      } catch (error) {
        missing.push({ cause, how, why: (error as Error).message });
        console.error(`${NAME}: ${cause}${how === undefined ? "" : `, ${how}`}: ${(error as Error).message}`);
        if (outcomes.length === 0) continue;
      }
      const row = failureRow(cause, how, outcomes);
      rows.push(row);
      if (!json) console.log(rowLine(row));
      unsaved ??= notSaved(path, robot, { ...row, date: new Date().toISOString(), load });
    }
  }
  const saved = rows.length > 0 && unsaved === undefined ? { saved: path } : {};
  if (json) console.log(JSON.stringify({ robot, trials, load, rows, missing, ...saved }));
  else if (saved.saved !== undefined) console.log(`kept in ${path}; "reverie safety ${robot}" shows it`);
  if (unsaved !== undefined) console.error(`${NAME}: not kept: ${unsaved}`);
  return missing.length === 0 ? 0 : 1;
}

/** Why a row could not be kept; undefined when it was. */
function notSaved(...row: Parameters<typeof saveMeasured>): string | undefined {
  try {
    saveMeasured(...row);
    return undefined;
  } catch (error) {
    return (error as Error).message;
  }
}

/** A robot that does not even begin to move, as on a machine that is very busy, is started again, a few times at most. */
async function patientTrial(...[settings, cause, how]: Parameters<typeof trial>): Promise<Outcome> {
  for (let left = MOST_STARTS; ; left--) {
    try {
      return await trial(settings, cause, how);
    } catch (error) {
      if (left <= 1) throw error;
      console.error(`${NAME}: ${cause}: started again: ${(error as Error).message}`);
    }
  }
}

/** Those that were named, separated by commas; all when none was. */
function chosen<T extends string>(option: string, choices: readonly T[], text: string | undefined): readonly T[] {
  if (text === undefined) return choices;
  return text.split(",").map((name) => {
    const choice = choices.find((each) => each === name);
    if (choice === undefined) {
      throw new UsageError(`${NAME}: expected --${option} to be some of ${choices.join(", ")}, found "${name}"`);
    }
    return choice;
  });
}
