import { LEARNER_DEFAULTS } from "../../learner/config.ts";
import { expectEndpointSecured } from "../trust/endpoint-security.ts";
import { learnerTrust } from "../trust/trust.ts";
import { endpoint, expectPositionals, parseArguments, wholeNumber } from "./arguments.ts";
import type { Part } from "./keeper.ts";
import { forkLearner } from "./learner-process.ts";
import { RUN_OPTIONS, typedSettings } from "./options.ts";
import { Pretraining } from "./pretraining.ts";
import { run } from "./run.ts";
import { Screen } from "./screen.ts";
import { UsageError } from "./usage-error.ts";

export const usage = `learner --run <dir>

Moves nothing. Learns from a robot that "reverie robot" runs elsewhere, and sends it policies.

  --run <dir>     where the run is kept; the same command goes on with it
  --bind <tcp>    where it listens for robots, by default tcp://127.0.0.1:5556; beyond this machine it needs keys;
                  nats://<host>:<port>: at a NATS server, for many robots or bad links: runtime/link/README.md
  --keys <dir>    where those are kept, by default ~/.config/reverie/keys: see "reverie help keys"
  --clock <name>  realtime, or lockstep when the robot is started with it
  --seed <n>      every random number follows from it
  --preset <name> network size: robot-tiny, robot-small, robot-std
  --pretrain <n>  makes updates on the steps the run has, until there are n of them, saves and ends: no robot is needed
  --json          one JSON object a line instead of a picture
  --learner.…=    any other setting; config.json in the run directory has them all`;

export async function learner(argv: readonly string[]): Promise<number> {
  const args = parseArguments("learner", argv, {
    ...RUN_OPTIONS,
    bind: "text",
    preset: "text",
    keys: "text",
    pretrain: "text",
  });
  expectPositionals("learner", [], args);
  const path = args.values.run;
  if (path === undefined) throw new UsageError("learner: expected --run <dir>, found none");
  const bind = endpoint("learner", "bind", args.values.bind ?? "tcp://127.0.0.1:5556");
  const { keys } = args.values;
  const trust = keys === undefined ? {} : { keys };
  learnerTrust(bind, trust);
  const pretraining = args.values.pretrain === undefined ? undefined : new Pretraining(path);
  const updates = wholeNumber("learner", "pretrain", args.values.pretrain ?? "1", 1);
  const more = pretraining === undefined ? [] : [["learner.train.pretrain", String(updates)] as const];

  const code = await run({
    path,
    typed: [...typedSettings("learner", args), ...more],
    command: `learner --run ${path}`,
    defaults: { seed: 0, clock: "realtime", learner: LEARNER_DEFAULTS },
    check: ({ settings }) => expectEndpointSecured(bind, "learner.nats", settings.learner.nats),
    screen: (settings) => new Screen(path, undefined, settings.learner.train.fill, args.flags.has("json")),
    parts: ({ learner: config, seed, clock }, screen) => {
      const start = { run: path, bind, config, seed, lockstep: clock === "lockstep", trust };
      const fork = (): Part => {
        const part = forkLearner(start, (event) => {
          screen.learner(event);
          if (pretraining?.isOver(event, config.train.fill)) part.stop();
        });
        return part;
      };
      return [{ name: "learner", stopMs: 120_000, start: fork }];
    },
  });
  if (pretraining?.problem !== undefined) throw new Error(pretraining.problem);
  return code;
}
