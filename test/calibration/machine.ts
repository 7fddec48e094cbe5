import { CALIBRATE_DEFAULTS } from "../../calibration/defaults.ts";
import type { Guide } from "../../calibration/measure.ts";
import { chainSpec } from "../../drivers/mock/chain.ts";
import type { Fault } from "../../drivers/mock/faults.ts";
import { FirstOrderPlant } from "../../drivers/mock/first-order-plant.ts";
import { makeBus, type ServoKind, type ServoSetup } from "../../drivers/mock/make-bus.ts";
import { FAMILIES } from "../../drivers/serial/families.ts";
import { Line } from "../../drivers/serial/line.ts";
import type { SerialRobot } from "../../drivers/serial/serial-robot.ts";
import { busOf } from "../../drivers/serial/servo-chain.ts";
import { VirtualClock } from "../../runtime/clock.ts";
import type { RobotSpec } from "../../runtime/robot.ts";
import { plugIn } from "../drivers/mock/bus-of.ts";

/** Three joints; the last as lopsided as a gripper. */
export const SPEC: RobotSpec = {
  ...chainSpec(3),
  name: "arm",
  joints: chainSpec(3).joints.map((joint, i) => ({
    ...joint,
    ...(i === 2 ? { min: -0.2, max: 1.7 } : { min: -1.6, max: 1.6 }),
  })),
};
export const MODEL = { sts: 777, scs: 1284, dynamixel: 1020 } as const;

export function robotOf(family: ServoKind): SerialRobot {
  return {
    family,
    baud: 1_000_000,
    servos: SPEC.joints.map((_, i) => ({ id: i + 1, model: MODEL[family], effortPerLoad: 0.003 })),
  };
}

export const GUIDE: Guide = {
  home: { pose: "straight", position: SPEC.joints.map(() => 0) },
  positive: SPEC.joints.map(() => "up"),
  direction: SPEC.joints.map(() => 1),
};

/** Quick, but for what is measured. */
export const SETTINGS = {
  ...CALIBRATE_DEFAULTS,
  ...{ pollHz: 25, restSeconds: 1, stillSeconds: 0.3, supportSeconds: 0.2 },
  auto: { ...CALIBRATE_DEFAULTS.auto, speed: 1.5 },
};

/** An emulated machine in memory and in virtual time, its bus, and its joints for whoever moves them by hand. */
export function machine(
  kind: ServoKind,
  setups: readonly ServoSetup[],
  options: { readonly faults?: readonly Fault[]; readonly stops?: boolean; readonly start?: readonly number[] } = {},
) {
  const clock = new VirtualClock();
  const after = (_: number, act: () => void): (() => void) => {
    act();
    return () => {};
  };
  const timers = { now: () => Number(clock.now()) / 1e6, after };
  const stops = options.stops ? { stops: SPEC.joints.map(({ min, max }) => [min, max] as const) } : {};
  const plant = new FirstOrderPlant(options.start ?? setups.map(() => 0.3), { stiffness: 8, ...stops });
  const emulated = makeBus(kind, setups, { plant, timers, ...(options.faults && { faults: options.faults }) });
  const port = plugIn(emulated);
  const line = new Line(port, { slackMs: 2, settleMs: 0, reopenMs: 5, reopenMaxMs: 10, echo: "no" });
  const family = FAMILIES[kind];
  const bus = busOf(family, line, { returnDelayUs: 0 });
  return { clock, plant, emulated, port, bus, family };
}
