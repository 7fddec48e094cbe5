import { benchSim } from "../../robots/speed.ts";
import { expectPositionals, parseArguments, wholeNumber } from "./arguments.ts";
import { robotCalled } from "./robot-settings.ts";
import { UsageError } from "./usage-error.ts";

export const usage = `bench sim

Moves nothing. Measures how fast this machine simulates a robot, on one core.

  --robot <name>  by default a1
  --seconds <n>   how long to measure, by default 5
  --json          the numbers as JSON`;

export async function bench(argv: readonly string[]): Promise<number> {
  const args = parseArguments("bench", argv, { robot: "text", seconds: "text", json: "flag" });
  const [what = ""] = expectPositionals("bench", ["sim"], args);
  if (what !== "sim") throw new UsageError(`bench: expected sim, found "${what}"`);
  const seconds = wholeNumber("bench", "seconds", args.values.seconds ?? "5", 1, 3600);
  const robot = args.values.robot ?? "a1";
  const { stepsPerSecond, realTimeFactor } = await benchSim(await robotCalled("bench", robot), { seconds });
  if (args.flags.has("json")) console.log(JSON.stringify({ robot, seconds, stepsPerSecond, realTimeFactor }));
  else console.log(`${robot}: ${stepsPerSecond.toFixed(0)} steps a second, ${realTimeFactor.toFixed(1)} × real time`);
  return 0;
}
