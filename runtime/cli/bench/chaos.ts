import { loadavg } from "node:os";
import { expectPositionals, parseArguments, wholeNumber } from "../arguments.ts";
import { unleash } from "../chaos/chaos.ts";
import { chaosLines } from "../chaos/lines.ts";
import { robotCalled, robotDefaults } from "../robot-settings.ts";

const NAME = "bench chaos";
const OPTIONS = { minutes: "text", kills: "text", seed: "text", robot: "text", json: "flag", verbose: "flag" } as const;
/** From one blow to the next: about a kill every three seconds. */
const MEAN_MS = 1800;

/** Whether every step of a robot reaches its learner once, whatever is killed, cut or full. 1 when one does not. */
export async function benchChaos(argv: readonly string[]): Promise<number> {
  const args = parseArguments(NAME, argv, OPTIONS);
  expectPositionals(NAME, [], args);
  const { values, flags } = args;
  const minutes = wholeNumber(NAME, "minutes", values.minutes ?? "15", 1, 1440);
  const kills = wholeNumber(NAME, "kills", values.kills ?? "1000000", 1, 1_000_000);
  const seed = wholeNumber(NAME, "seed", values.seed ?? "0", 0, 2 ** 31);
  const robot = values.robot ?? "reacher";
  const definition = await robotCalled(NAME, robot);
  const settings = robotDefaults(robot, definition);
  const load = loadavg()[0]!;
  const interrupted = new AbortController();
  for (const name of ["SIGINT", "SIGTERM"] as const) process.once(name, () => interrupted.abort());
  const began = performance.now();
  const result = await unleash({
    definition,
    settings,
    seed,
    seconds: 60 * minutes,
    kills,
    meanMs: MEAN_MS,
    note: flags.has("verbose")
      ? (text) => console.error(`${((performance.now() - began) / 1000).toFixed(1).padStart(7)} ${text}`)
      : () => {},
    signal: interrupted.signal,
  });
  if (flags.has("json")) console.log(JSON.stringify({ load, ...result }));
  else for (const line of [`beside a load of ${load.toFixed(1)}`, ...chaosLines(result)]) console.log(line);
  return result.holds ? 0 : 1;
}
