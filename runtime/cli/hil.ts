import type { RobotDefinition } from "../../robots/definition.ts";
import { type Arguments, expectPositionals, parseArguments } from "./arguments.ts";
import { type Check, judge } from "./hil/judge.ts";
import { libraryFiles, loadScenario } from "./hil/library.ts";
import type { Measured } from "./hil/measured.ts";
import { rehearse } from "./hil/rehearse.ts";
import type { Scenario } from "./hil/scenario.ts";
import { headLine, scenarioLines } from "./hil/table.ts";
import { typedSettings } from "./options.ts";
import { checkTask, robotCalled, robotDefaults } from "./robot-settings.ts";
import { resolveSettings } from "./settings.ts";
import { UsageError } from "./usage-error.ts";

export const usage = `hil <robot>

Moves nothing but emulated hardware: the whole robot, in its processes, with what a scenario lets go wrong, and says whether
all came as it should.

  --scenario <file>  what goes wrong, when, and what has to come of it: robots/scenarios/README.md; by default every one
                     that comes with Reverie and is for this robot
  --only <words>     of those, the ones with this in their name
  --minutes <n>      lasts so long; by default what the scenario says
  --seed <n>         of all that is drawn; by default the scenario's
  --patience <n>     times as long as asked for that anything may take, by default 1; for a machine that is busy
  --task.…=  --runtime.…=  settings of the robot; a scenario's own win
  --json             one JSON object a scenario
  --verbose          what happens, and all that a person would read`;

const NAME = "hil";

/** Exit code 0 when everything held. */
export async function hil(argv: readonly string[]): Promise<number> {
  const table = {
    scenario: "text",
    only: "text",
    minutes: "text",
    seed: "text",
    patience: "text",
    json: "flag",
    verbose: "flag",
  } as const;
  const args = parseArguments(NAME, argv, table);
  const [robot = ""] = expectPositionals(NAME, ["robot"], args);
  const { values, flags } = args;
  const definition = withTyped(await robotCalled(NAME, robot), args);
  const seconds = values.minutes === undefined ? undefined : 60 * numberAfter("minutes", values.minutes);
  const seed = values.seed === undefined ? undefined : numberAfter("seed", values.seed);
  const patience = numberAfter("patience", values.patience ?? "1");
  const files = values.scenario === undefined ? libraryFiles() : [values.scenario];
  const scenarios = files
    .filter((file) => values.scenario !== undefined || loadScenario(file).robots.includes(robot))
    .map((file) => loadScenario(file, definition))
    .filter(({ name }) => name.includes(values.only ?? ""));
  if (scenarios.length === 0) throw new UsageError(`${NAME}: expected a scenario for ${robot}, found none`);
  const json = flags.has("json");
  const report = flags.has("verbose") ? (line: string) => console.error(line) : () => {};
  if (!json) console.log(headLine());
  let failed = 0;
  for (const each of scenarios) {
    const settings = { ...Object.fromEntries(args.overrides), ...each.settings };
    const scenario: Scenario = { ...each, settings, seconds: seconds ?? each.seconds, seed: seed ?? each.seed };
    const { measured, checks, error } = await outcome(() => rehearse(definition, scenario, report), scenario, patience);
    const passed = error === undefined && checks.every(({ holds }) => holds);
    if (!passed) failed++;
    if (flags.has("verbose") && measured !== undefined) report(measured.said);
    const { said: _, ...numbers } = measured ?? { said: "" };
    const { name, covers } = scenario;
    if (json) console.log(JSON.stringify({ robot, scenario: name, covers, passed, error, checks, measured: numbers }));
    else for (const line of scenarioLines(name, passed, measured, checks, error)) console.log(line);
  }
  if (!json) console.log(`${scenarios.length - failed} of ${scenarios.length} scenarios came as they should`);
  return failed === 0 ? 0 : 1;
}

/** With the settings that were typed. Throws where the robot refuses them, or cannot be rehearsed with them. */
function withTyped(definition: RobotDefinition, args: Arguments): RobotDefinition {
  const { name } = definition.spec;
  const driver = definition.serial === undefined ? "sim" : "mock";
  const defaults = { ...robotDefaults(name, definition), driver };
  const { settings } = resolveSettings(defaults, undefined, typedSettings(NAME, args), name);
  checkTask(definition, settings, undefined);
  return { ...definition, settings: settings.task };
}

interface Came {
  readonly measured?: Measured;
  readonly checks: readonly Check[];
  readonly error?: string;
}

/** One that cannot even be rehearsed has failed, and does not keep the others from theirs. */
async function outcome(run: () => Promise<Measured>, { expect }: Scenario, patience: number): Promise<Came> {
  try {
    const measured = await run();
    return { measured, checks: judge(expect, measured, patience) };
  } catch (error) {
    return { checks: [], error: (error as Error).message };
  }
}

function numberAfter(name: string, text: string): number {
  const value = Number(text);
  if (text.trim() === "" || !(value >= 0)) {
    throw new UsageError(`${NAME}: expected a number of at least 0 after --${name}, found "${text}"`);
  }
  return value;
}
