import { LEARNER_DEFAULTS } from "../../learner/config.ts";
import { endpoint, expectPositionals, parseArguments } from "./arguments.ts";
import { attend } from "./attend.ts";
import { Keeper } from "./keeper.ts";
import { forkLearner } from "./learner-process.ts";
import { RUN_OPTIONS, typedSettings } from "./options.ts";
import { RunDirectory } from "./run-directory.ts";
import { Screen } from "./screen.ts";
import { resolveSettings } from "./settings.ts";
import { summary } from "./summary.ts";
import { UsageError } from "./usage-error.ts";

export const usage = `learner --run <dir> [--bind tcp://127.0.0.1:5556]

Moves nothing. Learns from a robot that "reverie robot" runs elsewhere, and sends it policies.

  --run <dir>     where the run is kept; the same command goes on with it
  --bind <tcp>    where robots connect to
  --preset <name> network size: robot-tiny, robot-small, robot-std
  --clock <name>  realtime, or lockstep when the robot is started with it
  --seed <n>      every random number follows from it
  --json          one JSON object a line instead of a picture
  --learner.…=    any setting of the learner`;

export async function learner(argv: readonly string[]): Promise<number> {
  const args = parseArguments("learner", argv, { ...RUN_OPTIONS, bind: "text", preset: "text" });
  expectPositionals("learner", [], args);
  const path = args.values.run;
  if (path === undefined) throw new UsageError("learner: expected --run <dir>, found none");
  const bind = endpoint("learner", "bind", args.values.bind ?? "tcp://127.0.0.1:5556");
  const typed = typedSettings("learner", args);

  const directory = new RunDirectory(path);
  try {
    const defaults = { seed: 0, clock: "realtime", learner: LEARNER_DEFAULTS };
    const { settings, file, notes } = resolveSettings(defaults, directory.readConfig(), typed, path);
    directory.writeConfig(file);
    const screen = new Screen("learner", undefined, settings.learner.train.fill, args.flags.has("json"));
    screen.say([...directory.notes, ...notes]);
    const lockstep = settings.clock === "lockstep";
    const start = { run: path, bind, config: settings.learner, seed: settings.seed, lockstep };
    const keeper = new Keeper({
      name: "learner",
      note: (text) => screen.note(text),
      start: () => forkLearner(start, (event) => screen.learner(event)),
    });
    const failure = await attend([{ keeper, stopMs: 120_000 }], screen);
    await screen.finish(summary(screen.view, `learner --run ${path}`));
    if (failure !== undefined) throw new Error(`learner: ${failure}`);
    return 0;
  } finally {
    directory.close();
  }
}
