import { rmSync } from "node:fs";
import { stepSchema } from "../step.ts";
import { expectPositionals, parseArguments, wholeNumber } from "./arguments.ts";
import { attend } from "./attend.ts";
import { carriedSpec } from "./drivers.ts";
import { policySettings, RUN_OPTIONS, typedSettings } from "./options.ts";
import { played, playedLines } from "./played.ts";
import { assertPolicyFor, copyPolicy, policyOfRun, publishedPolicy } from "./policy-source.ts";
import { robotParts } from "./robot-process.ts";
import { checkRobot, controlsFor, robotCalled, robotDefaults } from "./robot-settings.ts";
import { Screen } from "./screen.ts";
import { resolveSettings } from "./settings.ts";

export const usage = `play <robot>

MOVES THE ROBOT. It acts with a policy that was learned before; nothing is learned or kept.

  --run <dir>     play the newest policy of a run, by default the one that comes with the robot
  --seconds <n>   stop after so much robot time; by default at Ctrl-C
  --mode <name>   sample (default): act with the noise it learned with, which is part of what it does, getting up above
                  all; mean: without
  --driver <name> what carries the robot: sim, its simulation; mock, emulated hardware with that behind it, servos or a
                  rosbridge; serial, its servos; ros2
  --clock <name>  realtime, or lockstep: as fast as it can
  --seed <n>      every random number follows from it
  --realtime      ask the system for what keeps the loop on time, and say what it gave
  --json          one JSON object a line instead of a picture
  --task.…=  --serial.…=  --mock.…=  --ros2.…=  --camera.…=  --runtime.…=
                  any other setting, as --task.start=belly; those of the run it comes from hold otherwise

At a terminal space is the EMERGENCY STOP and ? says what the other keys do; elsewhere orders are lines of JSON on the
standard input, as {"order":"estop"}, and SIGUSR2 stops it.`;

export async function play(argv: readonly string[]): Promise<number> {
  const args = parseArguments("play", argv, {
    ...RUN_OPTIONS,
    driver: "text",
    realtime: "flag",
    seconds: "text",
    mode: "text",
  });
  const [name = ""] = expectPositionals("play", ["robot"], args);
  const { values, flags } = args;
  const seconds = values.seconds === undefined ? 0 : wholeNumber("play", "seconds", values.seconds, 1);
  const typed = [...typedSettings("play", args), ...policySettings("play", values.mode)];
  const definition = await robotCalled("play", name);
  const controls = controlsFor(definition);
  const source = values.run === undefined ? publishedPolicy(name) : policyOfRun(values.run);
  const { settings } = resolveSettings(robotDefaults(name, definition), source.saved, typed, source.from);
  checkRobot(definition, settings, undefined);
  const spec = carriedSpec(definition, settings);
  assertPolicyFor(stepSchema(spec, definition.task(settings.task)), source);

  const { policyVersion } = source.bundle.manifest;
  const screen = new Screen(`${name} plays policy ${policyVersion}`, spec.policyRateHz, undefined, flags.has("json"));
  const note = (text: string) => screen.note(text);
  screen.say(source.notes);
  const policy = copyPolicy(source);
  try {
    const steps = seconds * spec.policyRateHz;
    const parts = robotParts(
      {
        definition,
        settings,
        run: "",
        learner: () => "",
        play: policy,
        steps,
        controls,
        realtime: flags.has("realtime"),
      },
      screen,
    );
    const failure = await attend(
      parts.map((part) => ({ ...part, note })),
      screen,
      controls,
    );
    const summary = played(policyVersion, screen.view.total, spec.policyRateHz);
    screen.result({ type: "played", ...summary });
    await screen.finish(flags.has("json") ? [] : playedLines(summary));
    if (failure !== undefined) throw new Error(failure);
    return 0;
  } finally {
    rmSync(policy, { recursive: true, force: true });
  }
}
