import { jointUnits } from "../../../calibration/joint.ts";
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
import { realTimers } from "../../../drivers/serial/timers.ts";
import { RealtimeClock } from "../../../runtime/clock.ts";
import type { RobotSpec } from "../../../runtime/robot.ts";

/** A chain of `n` servos as a robot: every other one is mounted the other way round, none has its middle in the middle. */
export function chainSpec(n: number): RobotSpec {
  const joints = Array.from({ length: n }, (_, i) => ({
    name: `joint${i + 1}`,
    min: -1.2,
    max: 1.2,
    softMargin: 0.02,
    velocityLimit: 5,
    accelerationLimit: 50,
    effortLimit: 3,
    kp: 20,
    kd: 0.5,
  }));
  return {
    name: `chain${n}`,
    joints,
    policyRateHz: 20,
    servoRateHz: 100,
    restPose: joints.map(() => 0),
    endState: "hold",
    watch: {
      sampleAge: 0.1,
      beyondLimits: 0.2,
      tracking: null,
      temperature: 70,
      voltage: 9,
      current: null,
      tilt: null,
      workspace: null,
    },
  };
}

const OFFSET = 40;

/** How the servos of a chain sit on their joints. */
export function mountings(kind: ServoKind, n: number) {
  const middle = kind === "scs" ? 512 : 2048;
  return Array.from({ length: n }, (_, i) => ({
    id: i + 1,
    mounting: { zero: middle + 7 * i, direction: (i % 2 === 0 ? 1 : -1) as 1 | -1 },
  }));
}

/** What calibration would have found. */
export function jointsOfChain(kind: ServoKind, n: number): readonly ServoJoint[] {
  const { family } = SERVO_KINDS[kind].manners;
  const counts = (1.3 * family.countsPerTurn) / (2 * Math.PI);
  return mountings(kind, n).map(({ id, mounting: { zero, direction } }) => {
    const own = kind === "sts" ? -OFFSET : kind === "dynamixel" ? OFFSET : 0;
    const units = jointUnits({
      name: `joint${id}`,
      id,
      model: SERVO_KINDS[kind].model,
      countsPerTurn: family.countsPerTurn,
      zero: zero + own,
      direction,
      min: Math.ceil(zero + own - counts),
      max: Math.floor(zero + own + counts),
      homingOffset: own === 0 ? null : OFFSET,
    });
    return { ...units, effortPerLoad: 0.003 };
  });
}

/** An emulated chain whose servos have a homing offset. */
export function emulatedChain(kind: ServoKind, n: number, options: Partial<EmulatedBusOptions> = {}) {
  const plant = new FirstOrderPlant(Array.from({ length: n }, (_, i) => 0.1 * (i % 5)));
  const emulated = makeBus(kind, mountings(kind, n), { plant, timers: realTimers, ...options });
  const { homingOffset } = SERVO_KINDS[kind].manners.family;
  if (homingOffset !== undefined) for (const servo of emulated.servos) servo.save(homingOffset, OFFSET);
  return { emulated, plant };
}

export interface DriverOfOptions {
  readonly line?: Partial<LineSettings>;
  readonly bus?: Partial<BusSettings>;
  readonly settings?: Partial<ServoDriverSettings>;
  readonly joints?: () => Promise<readonly ServoJoint[]>;
}

/** A driver for a chain behind `port`; waits are short. */
export function driverOf(kind: ServoKind, n: number, port: Port, options: DriverOfOptions = {}) {
  const line = new Line(port, { slackMs: 4, reopenMs: 5, reopenMaxMs: 10, echo: "no", ...options.line });
  const bus = kind === "dynamixel" ? new DynamixelBus(line, options.bus) : new FeetechBus(line, kind, options.bus);
  const spec = chainSpec(n);
  const reports: string[] = [];
  const driver = new ServoDriver({
    spec,
    bus,
    family: SERVO_KINDS[kind].manners.family,
    joints: options.joints ?? (async () => jointsOfChain(kind, n)),
    clock: new RealtimeClock(),
    report: (text) => reports.push(text),
    settings: { busWatchdogMs: 0, ...options.settings },
  });
  return { driver, bus, spec, reports };
}

/** What the motors follow, in rad, when all of them do. */
export function motorsOf(emulated: EmulatedBus): number[] | undefined {
  const targets = emulated.targets();
  return targets.every((each) => each !== undefined) ? targets.map((each) => each!) : undefined;
}
