import { FAMILIES } from "../../drivers/serial/families.ts";
import { Line } from "../../drivers/serial/line.ts";
import { portCalled } from "../../drivers/serial/port-called.ts";
import type { ServoBus } from "../../drivers/serial/servo-bus.ts";
import { busOf } from "../../drivers/serial/servo-chain.ts";
import { DRIVER_DEFAULTS } from "../defaults.ts";
import { type Arguments, endpoint, expectPositionals, parseArguments } from "./arguments.ts";
import { examine } from "./doctor/examine.ts";
import type { Need } from "./doctor/need.ts";
import { needOf } from "./doctor/needed.ts";
import { counted, reportLines } from "./doctor/report.ts";
import { smallModel } from "./doctor/small-model.ts";
import { thisSystem } from "./doctor/this-system.ts";
import { assertDriver } from "./drivers.ts";
import { typedSettings } from "./options.ts";
import { robotCalled, robotDefaults } from "./robot-settings.ts";
import { readSavedConfig } from "./run-directory.ts";
import { resolveSettings } from "./settings.ts";

export const usage = `doctor [robot]

Moves nothing, and leaves no file. What of this computer and robot would keep it from running well, each with the command that
mends it: serial ports, servos, calibration, cameras, ROS 2, timing, clock, packages, onnxruntime, disk, memory, learner, run.

Servos are asked with pings and reads alone; cameras are opened for a second; what is missing fails only where the robot needs
it, and is a note elsewhere. Takes up to ten seconds. Exit code 1 where a line says FAIL.

  --driver <name> what is to carry the robot: sim, mock, serial, ros2; by default that of the run, serial with --serial.port
  --run <dir>     the run that is meant, with its settings; by default runs/<robot>
  --learner <tcp> where the learner listens: is it reached, does it want keys, are they here
  --keys <dir>  --learner-name <name>
                  as of "reverie robot"
  --json          the same, as JSON
  --serial.port=  where the servos are, as /dev/ttyUSB0 or tcp://host:port
  --serial.…=  --ros2.…=  --camera.…=  --task.…=
                  any other setting, as --ros2.url=ws://robot:9090`;

const OPTIONS = {
  json: "flag",
  run: "text",
  driver: "text",
  learner: "text",
  keys: "text",
  "learner-name": "text",
} as const;

export async function doctor(argv: readonly string[]): Promise<number> {
  const args = parseArguments("doctor", argv, OPTIONS);
  const [name] = args.positionals.length === 0 ? [] : expectPositionals("doctor", ["robot"], args);
  const need = name === undefined ? needOfComputer(args) : await needOfRobot(name, args);
  const sections = await examine({ system: thisSystem, need, makeBus: () => busFor(need), model: smallModel });
  const count = counted(sections);
  if (args.flags.has("json")) {
    console.log(JSON.stringify({ robot: name ?? null, driver: need.driver, count, sections }, undefined, 2));
  } else {
    const title = name === undefined ? "this computer" : `${name} on this computer, carried by ${need.driver}`;
    console.log(reportLines(title, sections).join("\n"));
  }
  return count.fail > 0 ? 1 : 0;
}

function asked({ values }: Arguments) {
  const { keys, run } = values;
  const learner = values.learner === undefined ? undefined : endpoint("doctor", "learner", values.learner);
  return { learner, keys, learnerName: values["learner-name"], run };
}

function needOfComputer(args: Arguments): Need {
  const typed = typedSettings("doctor", args);
  const defaults = { driver: "sim", ...DRIVER_DEFAULTS };
  const { settings } = resolveSettings(defaults, undefined, typed, "doctor");
  return needOf(undefined, settings, asked(args));
}

async function needOfRobot(name: string, args: Arguments): Promise<Need> {
  const definition = await robotCalled("doctor", name);
  const run = args.values.run ?? `runs/${name}`;
  const typed = typedSettings("doctor", args);
  const named = typed.some(([path, text]) => path === "serial.port" && text !== "");
  const says = typed.some(([path]) => path === "driver");
  const driver: [string, string][] = named && !says && definition.serial !== undefined ? [["driver", "serial"]] : [];
  const { settings } = resolveSettings(
    robotDefaults(name, definition),
    readSavedConfig(run),
    [...driver, ...typed],
    run,
  );
  assertDriver(definition, settings);
  return needOf(definition, settings, asked(args));
}

/** Only for a robot that has servos. A bus on which nobody answers is asked to the end, not taken for lost. */
function busFor({ port, baud, slackMs, robot }: Need): ServoBus {
  const { family, baud: its } = robot!.serial!;
  return busOf(FAMILIES[family], new Line(portCalled(port, baud || its), { slackMs, lostAfter: 1000 }));
}
