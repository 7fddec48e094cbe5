import { CALIBRATE_DEFAULTS } from "../../calibration/defaults.ts";
import { expectPositionals, type OptionTable, parseArguments } from "./arguments.ts";
import { typedSettings } from "./options.ts";
import { robotCalled, robotDefaults } from "./robot-settings.ts";
import { resolveSettings } from "./settings.ts";
import { UsageError } from "./usage-error.ts";

export const usage = `calibrate <robot>

LETS GO OF THE ROBOT: its motors are limp, and you move it. MOVES THE ROBOT only with --auto and --latency. Finds where each
joint's counts begin, which way they run and how far it goes, writes offset and limits into the servos, reads them back, and keeps
all in ~/.reverie/calibration/<robot>.json. Interrupted, the same command goes on where it was.

  --serial.port=  where its servos are, as /dev/ttyACM0 or tcp://host:port
  --yes           nobody presses Enter: each step is over when it is done and the robot rests; needed without a terminal
  --auto          the motors find the ranges themselves, with little force; with --yes the middles of the ranges and the usual
                  directions are taken, and nobody has to move anything
  --restart       forget what an interrupted calibration had measured

Instead of that:

  --check         moves nothing: whether the servos are those of the file, and where each joint is
  --latency       steps each joint by a few degrees, measures how soon a sample shows it, and adds that to the file
  --imu           how the IMU sits and what it says at rest, from three poses; adds that to the file
  --import <f>    LeRobot's calibration of this robot, for this file
  --export <f>    this file, for LeRobot
  --camera <name> with --intrinsics <f> (ROS's camera_info YAML, OpenCV's numbers as JSON), --extrinsics <f> (where it sits,
                  JSON) or both: adds a camera that another tool has measured

  --driver <name> of --latency and --imu, by default serial
  --serial.…=  --calibrate.…=
                  any other setting, as --serial.calibration=<file>, --calibrate.auto.torqueShare=0.2`;

const OPTIONS: OptionTable = {
  ...{ yes: "flag", auto: "flag", restart: "flag", check: "flag", latency: "flag", imu: "flag" },
  ...{ import: "text", export: "text", camera: "text", intrinsics: "text", extrinsics: "text", driver: "text" },
};

/** What can be asked for, one at a time. */
const ACTS = ["check", "latency", "imu", "import", "export", "camera"] as const;

export async function calibrate(argv: readonly string[]): Promise<number> {
  const args = parseArguments("calibrate", argv, OPTIONS);
  const [name = ""] = expectPositionals("calibrate", ["robot"], args);
  const { flags, values } = args;
  const acts = ACTS.filter((act) => flags.has(act) || values[act] !== undefined);
  if (acts.length > 1) throw new UsageError(`calibrate: expected one of --${acts.join(", --")}, found all of them`);
  const definition = await robotCalled("calibrate", name);
  const defaults = { ...robotDefaults(name, definition), driver: "serial", calibrate: CALIBRATE_DEFAULTS };
  const { settings } = resolveSettings(defaults, undefined, typedSettings("calibrate", args), name);
  const [act] = acts;
  const given = (["intrinsics", "extrinsics"] as const).filter((each) => values[each] !== undefined);
  if (act !== "camera" && given.length > 0)
    throw new UsageError(`calibrate: expected --camera <name> with --${given[0]}`);
  const yes = flags.has("yes");
  switch (act) {
    case "check":
      return (await import("./calibrate/check.ts")).checkJoints(definition, settings);
    case "latency":
      return (await import("./calibrate/latency.ts")).latency(definition, settings);
    case "imu":
      return (await import("./calibrate/imu.ts")).imu(definition, settings, yes);
    case "import":
      return (await import("./calibrate/lerobot.ts")).importLeRobot(definition, settings, values.import!);
    case "export":
      return (await import("./calibrate/lerobot.ts")).exportLeRobot(definition, settings, values.export!);
    case "camera": {
      const { intrinsics, extrinsics } = values;
      return (await import("./calibrate/camera.ts")).camera(definition, settings, values.camera!, {
        intrinsics,
        extrinsics,
      });
    }
    default: {
      const { joints } = await import("./calibrate/joints.ts");
      return joints(definition, settings, { yes, auto: flags.has("auto"), restart: flags.has("restart") });
    }
  }
}
