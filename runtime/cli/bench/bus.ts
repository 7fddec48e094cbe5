import { SERVO_KINDS, type ServoKind } from "../../../drivers/mock/make-bus.ts";
import { expectPositionals, parseArguments, wholeNumber } from "../arguments.ts";
import { UsageError } from "../usage-error.ts";
import { measureBus } from "./bus-speed.ts";

const NAME = "bench bus";
const OPTIONS = { seconds: "text", json: "flag", servos: "text", rate: "text", baud: "text" } as const;

/** How fast a bus of servos is, against emulated ones in a process of their own. */
export async function benchBus(argv: readonly string[]): Promise<number> {
  const args = parseArguments(NAME, argv, OPTIONS);
  expectPositionals(NAME, [], args);
  const { values, flags } = args;
  const seconds = wholeNumber(NAME, "seconds", values.seconds ?? "5", 1, 3600);
  const rateHz = wholeNumber(NAME, "rate", values.rate ?? "100", 1, 2000);
  const baud = wholeNumber(NAME, "baud", values.baud ?? "1000000", 9600, 10_000_000);
  const { servos = "sts" } = values;
  if (!Object.hasOwn(SERVO_KINDS, servos)) {
    const kinds = Object.keys(SERVO_KINDS).join(", ");
    throw new UsageError(`${NAME}: expected --servos to be one of ${kinds}, found "${servos}"`);
  }
  const kind = servos as ServoKind;
  const json = flags.has("json");
  const speed = await measureBus({ kind, seconds, rateHz, baud, say: json ? () => {} : console.log });
  if (json) console.log(JSON.stringify(speed));
  return 0;
}
