import type { Clock } from "../../runtime/clock.ts";
import { type MetServo, meetServo } from "./meet-servos.ts";
import { type ServoBus, ServoError } from "./servo-bus.ts";
import type { ServoFamily } from "./servo-family.ts";
import type { ServoJoint } from "./servo-joint.ts";

const PAUSE_NS = 20_000_000n;

/**
 * As `meetServo`, and where nobody answers again and again until `untilNs` on the clock: a computer that has just started a
 * dozen processes hears replies late. Throws what it first met with: a servo that is asked so often without an answer looks like
 * a bus that is lost.
 */
export async function meetPatiently(
  bus: ServoBus,
  family: ServoFamily,
  joint: ServoJoint,
  name: string,
  clock: Clock,
  untilNs: bigint,
): Promise<MetServo> {
  let first: ServoError | undefined;
  for (;;) {
    try {
      return await meetServo(bus, family, joint, name);
    } catch (error) {
      const silent = error instanceof ServoError && error.code !== "refused";
      if (!silent) throw error;
      first ??= error;
      if (clock.now() >= untilNs) throw first;
    }
    await clock.sleepUntil(clock.now() + PAUSE_NS);
  }
}
