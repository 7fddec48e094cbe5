import { expectPositionals, parseArguments, wholeNumber } from "../arguments.ts";
import { typedSettings } from "../options.ts";
import { checkTask, robotCalled, robotDefaults } from "../robot-settings.ts";
import { resolveSettings } from "../settings.ts";
import { measureLoop } from "./loop-speed.ts";

const OPTIONS = { seconds: "text", json: "flag", robot: "text", realtime: "flag" } as const;

/** How well the control loop keeps its deadlines, alone and beside a learner. */
export async function benchLoop(argv: readonly string[]): Promise<number> {
  const args = parseArguments("bench loop", argv, OPTIONS);
  expectPositionals("bench loop", [], args);
  const { values, flags } = args;
  const seconds = wholeNumber("bench loop", "seconds", values.seconds ?? "60", 1, 86_400);
  const robot = values.robot ?? "a1";
  const definition = await robotCalled("bench loop", robot);
  const { settings } = resolveSettings(
    robotDefaults(robot, definition),
    undefined,
    typedSettings("bench loop", args),
    "",
  );
  checkTask(definition, settings, undefined);
  const json = flags.has("json");
  const say = json ? () => {} : (line: string) => console.log(line);
  const speed = await measureLoop({ definition, settings, seconds, realtime: flags.has("realtime"), say });
  if (json) console.log(JSON.stringify(speed));
  return 0;
}
