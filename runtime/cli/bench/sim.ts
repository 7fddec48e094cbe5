import { benchSim } from "../../../robots/speed.ts";
import { expectPositionals, parseArguments, wholeNumber } from "../arguments.ts";
import { robotCalled } from "../robot-settings.ts";

const OPTIONS = { seconds: "text", json: "flag", robot: "text" } as const;

/** How fast this machine simulates a robot, on one core. */
export async function benchSimulation(argv: readonly string[]): Promise<number> {
  const args = parseArguments("bench sim", argv, OPTIONS);
  expectPositionals("bench sim", [], args);
  const { values, flags } = args;
  const seconds = wholeNumber("bench sim", "seconds", values.seconds ?? "5", 1, 3600);
  const robot = values.robot ?? "a1";
  const speed = await benchSim(await robotCalled("bench sim", robot), { seconds });
  const { stepsPerSecond, realTimeFactor } = speed;
  if (flags.has("json")) console.log(JSON.stringify({ robot, seconds, ...speed }));
  else console.log(`${robot}: ${stepsPerSecond.toFixed(0)} steps a second, ${realTimeFactor.toFixed(1)} × real time`);
  return 0;
}
