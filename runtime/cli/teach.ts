import { LEARNER_DEFAULTS } from "../../learner/config.ts";
import type { LearnerEvent } from "../../learner/train/status.ts";
import { keepOffLoop } from "../realtime/ask.ts";
import { thisMachine } from "../realtime/machine.ts";
import { expectPositionals, parseArguments, wholeNumber } from "./arguments.ts";
import { forkLearner } from "./learner-process.ts";
import { RUN_OPTIONS, typedSettings } from "./options.ts";
import { robotParts } from "./robot-process.ts";
import { checkRobot, controlsFor, robotCalled, robotDefaults } from "./robot-settings.ts";
import { run } from "./run.ts";
import { Screen } from "./screen.ts";

export const usage = `teach <robot>

MOVES THE ROBOT. It learns while it runs; robot and learner are both on this machine.

  --run <dir>     where the run is kept, by default runs/<robot>; the same command goes on with it
  --steps <n>     stop after so many steps
  --driver <name> what carries the robot: sim, its simulation; mock, emulated hardware with that behind it, servos or a
                  rosbridge; serial, its servos; ros2
  --clock <name>  realtime, or lockstep: robot and learner take turns, as fast as they can, the same for a seed
  --seed <n>      every random number follows from it
  --preset <name> network size: robot-tiny, robot-small, robot-std
  --port <n>      where the learner listens on 127.0.0.1, by default any free port
  --realtime      ask the system for what keeps the loop on time, and say what it gave
  --json          one JSON object a line instead of a picture
  --serial.port=  where the servos are, as /dev/ttyACM0 or tcp://host:port; kept with the run
  --task.…=  --serial.…=  --mock.…=  --ros2.…=  --camera.…=  --runtime.…=  --learner.…=
                  any other setting; config.json in the run directory has them all

At a terminal space is the EMERGENCY STOP and ? says what the other keys do; elsewhere orders are lines of JSON on the
standard input, as {"order":"estop"}, and SIGUSR2 stops it.`;

export async function teach(argv: readonly string[]): Promise<number> {
  const table = {
    ...RUN_OPTIONS,
    steps: "text",
    driver: "text",
    realtime: "flag",
    preset: "text",
    port: "text",
  } as const;
  const args = parseArguments("teach", argv, table);
  const [name = ""] = expectPositionals("teach", ["robot"], args);
  const { values, flags } = args;
  const steps = values.steps === undefined ? 0 : wholeNumber("teach", "steps", values.steps, 1);
  const port = values.port === undefined ? "*" : wholeNumber("teach", "port", values.port, 1, 65535);
  const typed = typedSettings("teach", args);
  const definition = await robotCalled("teach", name);
  const controls = controlsFor(definition);
  const realtime = flags.has("realtime");
  const path = values.run ?? `runs/${name}`;
  const { policyRateHz } = definition.spec;

  return run({
    path,
    typed,
    controls,
    command: values.run === undefined ? `teach ${name}` : `teach ${name} --run ${path}`,
    defaults: { ...robotDefaults(name, definition), learner: LEARNER_DEFAULTS },
    check: ({ settings, before }) => checkRobot(definition, settings, before),
    screen: ({ learner }) => new Screen(`${name} in ${path}`, policyRateHz, learner.train.fill, flags.has("json")),
    parts: (settings, screen) => {
      let endpoint = `tcp://127.0.0.1:${port}`;
      const onLearner = (event: LearnerEvent) => {
        if (event.type === "ready") endpoint = event.endpoint; // kept when it is started again: the robot knows no other
        screen.learner(event);
      };
      const { learner: config, seed, clock } = settings;
      const lockstep = clock === "lockstep";
      const keepOff = async (pid: number) => {
        const line = realtime && !lockstep ? await keepOffLoop("learner", pid, thisMachine) : undefined;
        if (line !== undefined) screen.note(line);
      };
      return [
        {
          name: "learner",
          stopMs: 120_000,
          start: () => forkLearner({ run: path, bind: endpoint, config, seed, lockstep }, onLearner, keepOff),
        },
        ...robotParts({ definition, settings, run: path, learner: () => endpoint, steps, controls, realtime }, screen),
      ];
    },
  });
}
