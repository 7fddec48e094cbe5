import { expect, test } from "vitest";
import { FirstOrderPlant } from "../../../drivers/mock/first-order-plant.ts";
import { makeBus } from "../../../drivers/mock/make-bus.ts";
import { mountedRobot } from "../../../drivers/mock/mounting.ts";
import { FAMILIES, type FamilyName } from "../../../drivers/serial/families.ts";
import { type SerialRobot, servoJoints } from "../../../drivers/serial/serial-robot.ts";
import { realTimers } from "../../../drivers/serial/timers.ts";
import { SO101_SPEC } from "../../../robots/so101/joints.ts";
import { SO101_SERVOS } from "../../../robots/so101/servos.ts";

const MODELS = { sts: 777, scs: 1284, dynamixel: 1020 } as const;
const robotOf = (family: FamilyName): SerialRobot => ({
  ...SO101_SERVOS,
  family,
  servos: SO101_SERVOS.servos.map(({ id, effortPerLoad }) => ({ id, model: MODELS[family], effortPerLoad })),
});
const spec = {
  ...SO101_SPEC,
  joints: SO101_SPEC.joints.map((joint) => ({
    ...joint,
    min: Math.max(joint.min, -1.9),
    max: Math.min(joint.max, 1.9),
  })),
};

test.each(
  (["sts", "scs", "dynamixel"] as const).flatMap((family) => [0, 1, 2, 3].map((seed) => [family, seed] as const)),
)("the calibration of an emulated %s robot (seed %i) is its true one, over its whole range", (family, seed) => {
  const robot = robotOf(family);
  const { servos, calibration } = mountedRobot(spec, robot, seed);
  const joints = servoJoints(spec, robot, calibration);
  for (const share of [0, 0.3, 0.7, 1]) {
    const position = spec.joints.map(({ min, max }) => min + share * (max - min));
    const bus = makeBus(family, servos, { plant: new FirstOrderPlant(position), timers: realTimers });
    bus.servos.forEach((servo, i) => {
      const counts = servo.get(FAMILIES[family].registers.presentPosition!);
      expect(Math.abs(joints[i]!.toRadians(counts) - position[i]!)).toBeLessThan(0.004);
      expect(joints[i]!.homingOffset).toBe(servos[i]!.homingOffset);
      expect(joints[i]!.min).toBeLessThanOrEqual(spec.joints[i]!.min);
      expect(joints[i]!.max).toBeGreaterThanOrEqual(spec.joints[i]!.max);
    });
    bus.close();
  }
  expect(mountedRobot(spec, robot, seed)).toEqual({ servos, calibration });
});

test("machines differ by their seed, both ways round", () => {
  const directions = [0, 1, 2, 3].flatMap((seed) =>
    mountedRobot(SO101_SPEC, SO101_SERVOS, seed).servos.map(({ mounting }) => mounting.direction),
  );
  expect(new Set(directions)).toEqual(new Set([1, -1]));
});

test("a calibration of another servo, and a register that is none, are refused by name", () => {
  const { calibration } = mountedRobot(SO101_SPEC, SO101_SERVOS, 0);
  const servos = SO101_SERVOS.servos.with(2, { ...SO101_SERVOS.servos[2]!, id: 9 });
  expect(() => servoJoints(SO101_SPEC, { ...SO101_SERVOS, servos }, calibration)).toThrow(
    /elbow_flex: expected a calibration of servo 9, model 777, found one of servo 3/,
  );
  const odd = SO101_SERVOS.servos.map((servo) => ({ ...servo, registers: { gain: 1 } }));
  expect(() => servoJoints(SO101_SPEC, { ...SO101_SERVOS, servos: odd }, calibration)).toThrow(
    /no register "gain"; here there are .*pGain/,
  );
});
