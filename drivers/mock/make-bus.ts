import { DYNAMIXEL_PROTOCOL } from "./dynamixel-answers.ts";
import { X_MANNERS } from "./dynamixel-manners.ts";
import { EmulatedBus, type EmulatedBusOptions } from "./emulated-bus.ts";
import { EmulatedServo, type Mounting } from "./emulated-servo.ts";
import { feetechProtocol } from "./feetech-answers.ts";
import { SCS_MANNERS, STS_MANNERS } from "./feetech-manners.ts";

/** Kinds of servo that can be emulated. */
export const SERVO_KINDS = {
  sts: { manners: STS_MANNERS, protocol: feetechProtocol("sts"), model: 777 },
  scs: { manners: SCS_MANNERS, protocol: feetechProtocol("scs"), model: 1284 },
  dynamixel: { manners: X_MANNERS, protocol: DYNAMIXEL_PROTOCOL, model: 1020 },
} as const;
export type ServoKind = keyof typeof SERVO_KINDS;

/** A servo as it is bought and screwed to a joint. */
export interface ServoSetup {
  readonly id: number;
  readonly mounting: Mounting;
  /** What it was told to add or take away, counts. */
  readonly homingOffset?: number;
}

/** A bus of new servos that are set to their ids, with their joints behind them. */
export function makeBus(
  kind: ServoKind,
  setups: readonly ServoSetup[],
  options: Omit<EmulatedBusOptions, "protocol" | "servos">,
): EmulatedBus {
  const { manners, protocol, model } = SERVO_KINDS[kind];
  const servos = setups.map(({ id, mounting, homingOffset }) => {
    const servo = new EmulatedServo(manners, id, model, mounting);
    if (homingOffset !== undefined && manners.family.homingOffset !== undefined) {
      servo.save(manners.family.homingOffset, homingOffset);
    }
    return servo;
  });
  return new EmulatedBus({ ...options, protocol, servos });
}
