import { trainFlatOut } from "../../../learner/agent/bench.ts";
import { type StepSchema, stepSchema } from "../../step.ts";
import { expectPositionals, parseArguments, wholeNumber } from "../arguments.ts";
import { robotCalled } from "../robot-settings.ts";
import { drawLine, memoryLine, shareLines } from "./replay-lines.ts";
import { measureReplay } from "./replay-speed.ts";

const NAME = "bench replay";
const OPTIONS = { seconds: "text", steps: "text", images: "text", robot: "text", json: "flag" } as const;

/** Measures the learner's memory: what it takes, how fast it is filled, how fast batches are drawn from it. */
export async function benchReplay(argv: readonly string[]): Promise<number> {
  const args = parseArguments(NAME, argv, OPTIONS);
  expectPositionals(NAME, [], args);
  const { values, flags } = args;
  const seconds = wholeNumber(NAME, "seconds", values.seconds ?? "5", 1, 3600);
  const steps = wholeNumber(NAME, "steps", values.steps ?? "1000000", 1000, 100_000_000);
  const images = wholeNumber(NAME, "images", values.images ?? "100000", 1000, 300_000);
  const robot = values.robot ?? "a1";
  const { spec, task, settings } = await robotCalled(NAME, robot);
  const schema: StepSchema = stepSchema(spec, task(settings));
  const json = flags.has("json");
  const say = json ? () => {} : (line: string) => console.log(line);
  const speed = await measureReplay({
    schema,
    steps,
    images,
    seconds,
    updates: trainFlatOut,
    onMemory: (memory) => say(memoryLine(memory)),
    onDraw: (draw) => say(drawLine(draw)),
  });
  if (json) console.log(JSON.stringify({ robot, ...speed }));
  else {
    for (const line of shareLines(speed)) say(line);
  }
  return 0;
}
