import { assertLimits } from "../governor/limit-checks.ts";
import { Watchdogs } from "../governor/watchdogs.ts";
import { expectPositionals, parseArguments } from "./arguments.ts";
import { carriedSpec } from "./drivers.ts";
import { robotSafety } from "./failures/robot-safety.ts";
import { typedSettings } from "./options.ts";
import { checkTask, robotCalled, robotDefaults } from "./robot-settings.ts";
import { resolveSettings } from "./settings.ts";

export const usage = `safety <robot>

Moves nothing. One page: which limits are active, what is watched, what every failure does and by when, and what "reverie bench
failures" measured of that on this computer. Ends with an error where the limits are not safe, as a start would.

  --driver <name> what carries the robot: sim, mock, serial, ros2; a calibrated machine has limits of its own
  --json          the same lines, as JSON
  --task.…=  --runtime.…=
                  settings to look at, as --runtime.watchdogs.surprise.trip=fault`;

export async function safety(argv: readonly string[]): Promise<number> {
  const args = parseArguments("safety", argv, { json: "flag", driver: "text" });
  const [name = ""] = expectPositionals("safety", ["robot"], args);
  const definition = await robotCalled("safety", name);
  const typed = typedSettings("safety", args);
  const { settings } = resolveSettings(robotDefaults(name, definition), undefined, typed, name);
  checkTask(definition, settings, undefined);
  const task = definition.task(settings.task);
  const spec = carriedSpec(definition, settings);
  assertLimits(spec, task);
  new Watchdogs(spec, settings.runtime.watchdogs);
  const page = robotSafety(definition, settings);
  console.log(args.flags.has("json") ? JSON.stringify({ robot: name, page }, undefined, 2) : page.join("\n"));
  return 0;
}
