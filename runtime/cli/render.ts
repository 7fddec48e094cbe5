import { writeFileSync } from "node:fs";
import { robotNames } from "../../robots/catalogue.ts";
import { stepSchema } from "../step.ts";
import { expectPositionals, parseArguments, wholeNumber } from "./arguments.ts";
import { carriedSpec } from "./drivers.ts";
import { film } from "./film.ts";
import { Gif } from "./gif/gif.ts";
import { policySettings, typedSettings } from "./options.ts";
import { played, playedLines } from "./played.ts";
import { assertPolicyFor, policyOfRun, publishedPolicy } from "./policy-source.ts";
import { checkTask, robotCalled, robotDefaults } from "./robot-settings.ts";
import { resolveSettings } from "./settings.ts";
import { UsageError } from "./usage-error.ts";

export const usage = `render <run|robot> <file>

Moves nothing. Acts with a policy in the simulation, as fast as it can, and writes what it looks like as an animation.

  <run|robot>     a run directory, whose newest policy acts, or a robot's name: the policy that comes with it
  <file>          what to write, as walk.gif; written over
  --seconds <n>   robot time it shows, by default 10
  --from <step>   where it begins, by default with the first step
  --fps <n>       pictures a second, 1 to 50, by default 20
  --width <n>  --height <n>
                  pixels, by default 480 × 270
  --mode <name>   sample (default): act with the noise it learned with; mean: without
  --seed <n>      every random number follows from it; play --clock lockstep with the same seed moves the same
  --json          what it made, as JSON
  --task.…=       the robot's settings, as --task.start=belly`;

const OPTIONS = {
  seconds: "text",
  from: "text",
  fps: "text",
  width: "text",
  height: "text",
  mode: "text",
  seed: "text",
  json: "flag",
} as const;

export async function render(argv: readonly string[]): Promise<number> {
  const args = parseArguments("render", argv, OPTIONS);
  const [what = "", file = ""] = expectPositionals("render", ["run|robot", "file"], args);
  const { values, flags } = args;
  const number = (name: keyof typeof values & string, otherwise: number, min: number, max?: number): number =>
    wholeNumber("render", name, values[name] ?? String(otherwise), min, max);
  const seconds = number("seconds", 10, 1, 3600);
  const from = number("from", 0, 0);
  const fps = number("fps", 20, 1, 50);
  const [width, height] = [number("width", 480, 1, 4096), number("height", 270, 1, 4096)];
  if (!file.endsWith(".gif")) throw new UsageError(`render: expected a file named *.gif, found "${file}"`);
  const typed = [...typedSettings("render", args), ...policySettings("render", values.mode)];

  const source = robotNames.includes(what) ? publishedPolicy(what) : policyOfRun(what);
  for (const line of source.notes) console.error(line);
  const robot = robotNames.includes(what) ? what : String((source.saved as { robot?: unknown }).robot);
  const definition = await robotCalled("render", robot);
  const { settings } = resolveSettings(robotDefaults(robot, definition), source.saved, typed, source.from);
  checkTask(definition, settings, undefined);
  assertPolicyFor(stepSchema(carriedSpec(definition, settings), definition.task(settings.task)), source);

  const gif = new Gif(width, height, fps);
  const { bundle } = source;
  const onPicture = (picture: Uint8Array) => gif.add(picture);
  const tally = await film({ definition, settings, bundle, from, seconds, fps, width, height, onPicture });
  const bytes = gif.encode();
  writeFileSync(file, bytes);
  const summary = played(bundle.manifest.policyVersion, tally, definition.spec.policyRateHz);
  if (flags.has("json")) {
    console.log(JSON.stringify({ file, bytes: bytes.length, frames: gif.frames, width, height, ...summary }));
  } else {
    const lines = playedLines(summary);
    console.log(`${file}: ${gif.frames} pictures, ${(bytes.length / 1e6).toFixed(1)} MB`);
    for (const line of lines) console.log(line);
  }
  return 0;
}
