import { jointUnits } from "../../../calibration/joint.ts";
import { chainCalibration, chainSetups, chainSpec } from "../../../drivers/mock/chain.ts";
import type { EmulatedBus, EmulatedBusOptions } from "../../../drivers/mock/emulated-bus.ts";
import { FirstOrderPlant } from "../../../drivers/mock/first-order-plant.ts";
import { makeBus, SERVO_KINDS, type ServoKind } from "../../../drivers/mock/make-bus.ts";
import type { BusSettings, LineSettings, ServoDriverSettings } from "../../../drivers/serial/defaults.ts";
import { DynamixelBus } from "../../../drivers/serial/dynamixel/dynamixel-bus.ts";
import { FeetechBus } from "../../../drivers/serial/feetech/feetech-bus.ts";
import { Line } from "../../../drivers/serial/line.ts";
import type { Port } from "../../../drivers/serial/port.ts";
import { ServoDriver } from "../../../drivers/serial/servo-driver.ts";
import type { ServoJoint } from "../../../drivers/serial/servo-joint.ts";
import { realTimers, type Timers } from "../../../drivers/serial/timers.ts";
import { type Clock, RealtimeClock } from "../../../runtime/clock.ts";

/** What calibration would have found. */
export function jointsOfChain(kind: ServoKind, n: number): readonly ServoJoint[] {
  return chainCalibration(kind, n).map((joint) => ({ ...jointUnits(joint), effortPerLoad: 0.003 }));
}

/** An emulated chain whose servos have a homing offset. */
export function emulatedChain(kind: ServoKind, n: number, options: Partial<EmulatedBusOptions> = {}) {
  const plant = new FirstOrderPlant(Array.from({ length: n }, (_, i) => 0.1 * (i % 5)));
  const emulated = makeBus(kind, chainSetups(kind, n), { plant, timers: realTimers, ...options });
  return { emulated, plant };
}

export interface DriverOfOptions {
  readonly line?: Partial<LineSettings>;
  readonly bus?: Partial<BusSettings>;
  readonly settings?: Partial<ServoDriverSettings>;
  readonly joints?: () => Promise<readonly ServoJoint[]>;
  readonly timers?: Timers;
  readonly clock?: Clock;
}

/** A driver for a chain behind `port`; waits are short. */
export function driverOf(kind: ServoKind, n: number, port: Port, options: DriverOfOptions = {}) {
  const line = new Line(
    port,
    { slackMs: 4, reopenMs: 5, reopenMaxMs: 10, echo: "no", ...options.line },
    options.timers,
  );
  const bus = kind === "dynamixel" ? new DynamixelBus(line, options.bus) : new FeetechBus(line, kind, options.bus);
  const spec = chainSpec(n);
  const reports: string[] = [];
  const driver = new ServoDriver({
    spec,
    bus,
    family: SERVO_KINDS[kind].manners.family,
    joints: options.joints ?? (async () => jointsOfChain(kind, n)),
    clock: options.clock ?? new RealtimeClock(),
    report: (text) => reports.push(text),
    settings: { busWatchdogMs: 0, openingMs: 0, ...options.settings },
  });
  return { driver, bus, spec, reports };
}

/** What the motors follow, in rad, when all of them do. */
export function motorsOf(emulated: EmulatedBus): number[] | undefined {
  const targets = emulated.targets();
  return targets.every((each) => each !== undefined) ? targets.map((each) => each!) : undefined;
}
