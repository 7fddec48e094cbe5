import { LEARNER_DEFAULTS } from "../../learner/config.ts";
import { learnerTrust } from "../trust/trust.ts";
import { endpoint, expectPositionals, parseArguments } from "./arguments.ts";
import { forkLearner } from "./learner-process.ts";
import { RUN_OPTIONS, typedSettings } from "./options.ts";
import { run } from "./run.ts";
import { Screen } from "./screen.ts";
import { UsageError } from "./usage-error.ts";

export const usage = `learner --run <dir>

Moves nothing. Learns from a robot that "reverie robot" runs elsewhere, and sends it policies.

  --run <dir>     where the run is kept; the same command goes on with it
  --bind <tcp>    where it listens for robots, by default tcp://127.0.0.1:5556; beyond this machine it needs keys
  --keys <dir>    where those are kept, by default ~/.config/reverie/keys: see "reverie help keys"
  --clock <name>  realtime, or lockstep when the robot is started with it
  --seed <n>      every random number follows from it
  --preset <name> network size: robot-tiny, robot-small, robot-std
  --json          one JSON object a line instead of a picture
  --learner.…=    any other setting; config.json in the run directory has them all`;

export async function learner(argv: readonly string[]): Promise<number> {
  const args = parseArguments("learner", argv, { ...RUN_OPTIONS, bind: "text", preset: "text", keys: "text" });
  expectPositionals("learner", [], args);
  const path = args.values.run;
  if (path === undefined) throw new UsageError("learner: expected --run <dir>, found none");
  const bind = endpoint("learner", "bind", args.values.bind ?? "tcp://127.0.0.1:5556");
  const { keys } = args.values;
  const trust = keys === undefined ? {} : { keys };
  learnerTrust(bind, trust);

  return run({
    path,
    typed: typedSettings("learner", args),
    command: `learner --run ${path}`,
    defaults: { seed: 0, clock: "realtime", learner: LEARNER_DEFAULTS },
    check: () => {},
    screen: (settings) => new Screen(path, undefined, settings.learner.train.fill, args.flags.has("json")),
    parts: ({ learner: config, seed, clock }, screen) => {
      const start = { run: path, bind, config, seed, lockstep: clock === "lockstep", trust };
      const fork = () => forkLearner(start, (event) => screen.learner(event));
      return [{ name: "learner", stopMs: 120_000, start: fork }];
    },
  });
}
