import { expectEndpointSecured } from "../trust/endpoint-security.ts";
import { robotTrust } from "../trust/trust.ts";
import { endpoint, expectPositionals, parseArguments, wholeNumber } from "./arguments.ts";
import { RUN_OPTIONS, typedSettings } from "./options.ts";
import { robotParts } from "./robot-process.ts";
import { checkRobot, controlsFor, robotCalled, robotDefaults } from "./robot-settings.ts";
import { run } from "./run.ts";
import { Screen } from "./screen.ts";
import { UsageError } from "./usage-error.ts";

export const usage = `robot <robot> --learner tcp://<host>:<port>

MOVES THE ROBOT. It acts with what a "reverie learner" elsewhere sends, and explores until something comes.

  --learner <tcp> where the learner listens; on another machine it needs keys; or nats://<host>:<port>, the NATS server
                  it listens at
  --keys <dir>    where those are kept, by default ~/.config/reverie/keys: see "reverie help keys"
  --learner-name <name>
                  which of the machines allowed there is the learner; not needed where there is one
  --run <dir>     where the robot's side is kept, by default runs/<robot>; the same command goes on with it
  --steps <n>     stop after so many steps
  --driver <name> what carries the robot: sim, its simulation; mock, emulated hardware with that behind it, servos or a
                  rosbridge; serial, its servos; ros2
  --clock <name>  realtime, or lockstep when the learner is started with it
  --seed <n>      every random number follows from it
  --realtime      ask the system for what keeps the loop on time, and say what it gave
  --json          one JSON object a line instead of a picture
  --serial.port=  where the servos are, as /dev/ttyACM0 or tcp://host:port; kept with the run
  --task.…=  --serial.…=  --mock.…=  --ros2.…=  --camera.…=  --runtime.…=
                  any other setting; config.json in the run directory has them all

At a terminal space is the EMERGENCY STOP and ? says what the other keys do; elsewhere orders are lines of JSON on the
standard input, as {"order":"estop"}, and SIGUSR2 stops it.`;

export async function robot(argv: readonly string[]): Promise<number> {
  const table = {
    ...RUN_OPTIONS,
    steps: "text",
    driver: "text",
    realtime: "flag",
    learner: "text",
    keys: "text",
    "learner-name": "text",
  } as const;
  const args = parseArguments("robot", argv, table);
  const [name = ""] = expectPositionals("robot", ["robot"], args);
  const { values, flags } = args;
  if (values.learner === undefined) throw new UsageError("robot: expected --learner tcp://<host>:<port>, found none");
  const learner = endpoint("robot", "learner", values.learner);
  const { keys, "learner-name": learnerName } = values;
  const trust = {
    ...(keys === undefined ? {} : { keys }),
    ...(learnerName === undefined ? {} : { learner: learnerName }),
  };
  robotTrust(learner, trust);
  const steps = values.steps === undefined ? 0 : wholeNumber("robot", "steps", values.steps, 1);
  const typed = typedSettings("robot", args);
  const definition = await robotCalled("robot", name);
  const controls = controlsFor(definition);
  const realtime = flags.has("realtime");
  const path = values.run ?? `runs/${name}`;

  return run({
    path,
    typed,
    controls,
    command: `robot ${name} --learner ${learner}${values.run === undefined ? "" : ` --run ${path}`}`,
    defaults: robotDefaults(name, definition),
    check: ({ settings, before }) => {
      expectEndpointSecured(learner, "runtime.link.nats", settings.runtime.link.nats);
      checkRobot(definition, settings, before);
    },
    screen: () => new Screen(`${name} in ${path}`, definition.spec.policyRateHz, undefined, flags.has("json")),
    parts: (settings, screen) =>
      robotParts({ definition, settings, run: path, learner: () => learner, trust, steps, controls, realtime }, screen),
  });
}
