import type { Clock } from "../../runtime/clock.ts";
import { type MetServo, meetServo } from "./meet-servos.ts";
import { type ServoBus, ServoError } from "./servo-bus.ts";
import type { ServoFamily } from "./servo-family.ts";
import type { ServoJoint } from "./servo-joint.ts";

const PAUSE_NS = 20_000_000n;

/**
 * As `meetServo`, and where nobody answers again and again until `untilNs` on the clock: a computer that has just started a
 * dozen processes hears replies late. Throws the last reason.
 */
export async function meetPatiently(
  bus: ServoBus,
  family: ServoFamily,
  joint: ServoJoint,
  name: string,
  clock: Clock,
  untilNs: bigint,
): Promise<MetServo> {
  for (;;) {
    try {
      return await meetServo(bus, family, joint, name);
    } catch (error) {
      const silent = error instanceof ServoError && error.code !== "refused";
      if (!silent || clock.now() >= untilNs) throw error;
    }
    await clock.sleepUntil(clock.now() + PAUSE_NS);
  }
}
