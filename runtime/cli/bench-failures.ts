import { loadavg } from "node:os";
import { expectPositionals, parseArguments, wholeNumber } from "./arguments.ts";
import { type FailureRow, failureRow, headLine, rowLine } from "./failures/row.ts";
import { CAUSES, HOWS, type Outcome, trial } from "./failures/trial.ts";
import { robotCalled, robotDefaults } from "./robot-settings.ts";
import { UsageError } from "./usage-error.ts";

const NAME = "bench failures";
const MOST_STARTS = 4;
const OPTIONS = { trials: "text", robot: "text", cause: "text", how: "text", json: "flag" } as const;

/** Lets every process of a robot fail in every way, in real time, and measures until its motors have their end state. */
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
  const rows: FailureRow[] = [];
  for (const cause of causes) {
    for (const how of cause === "nothing" ? [undefined] : hows) {
      const outcomes: Outcome[] = [];
      while (outcomes.length < trials) outcomes.push(await patientTrial(settings, cause, how));
      const row = failureRow(cause, how, outcomes);
      rows.push(row);
      if (!json) console.log(rowLine(row));
    }
  }
  if (json) console.log(JSON.stringify({ robot, trials, load, rows }));
  return 0;
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
