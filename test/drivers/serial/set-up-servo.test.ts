import { expect, test } from "vitest";
import type { ServoKind } from "../../../drivers/mock/make-bus.ts";
import { SERVO_KINDS } from "../../../drivers/mock/make-bus.ts";
import { setUpServo } from "../../../drivers/serial/set-up-servo.ts";
import { writeEeprom } from "../../../drivers/serial/write-register.ts";
import { busOf, row } from "../mock/bus-of.ts";

test.each<ServoKind>(["sts", "scs", "dynamixel"])("a new %s gets its id and speed for good", async (kind) => {
  const { family } = SERVO_KINDS[kind].manners;
  const { bus, emulated, port } = busOf(kind, row(1));
  await bus.open();
  await setUpServo(bus, family, 1, { id: 4, baud: 115_200 });
  expect(port.baud).toBe(115_200);
  const [servo] = emulated.servos;
  servo!.powerCycle();
  expect(servo!.id).toBe(4);
  expect((await bus.ping(4))?.id).toBe(4);
  await bus.close();
});

test("an id that is taken, and a speed that the servo does not know, are refused before anything is written", async () => {
  const { bus, emulated } = busOf("sts", row(2));
  const { family } = SERVO_KINDS.sts.manners;
  await bus.open();
  await expect(setUpServo(bus, family, 1, { id: 2 })).rejects.toThrow(/expected nobody with this id, found a servo/);
  await expect(setUpServo(bus, family, 1, { id: 5, baud: 9600 })).rejects.toThrow(/expected a baud rate of 1000000, /);
  await expect(setUpServo(bus, family, 1, { id: 254 })).rejects.toThrow(/expected an id from 0 to 253, found 254/);
  expect(emulated.servos.map(({ id }) => id)).toEqual([1, 2]);
  await bus.close();
});

test("servo-side limits last only when they were written through the lock, which is closed again", async () => {
  const { bus, emulated } = busOf("sts", row(1));
  const { family } = SERVO_KINDS.sts.manners;
  const { maxTorque, maxTemperature, lock } = family.registers;
  await bus.open();
  const [servo] = emulated.servos;
  await bus.write(1, maxTorque!.address, Uint8Array.of(0xf4, 1));
  await writeEeprom(bus, family, 1, [{ register: maxTemperature!, value: 55 }]);
  expect(servo!.get(lock!)).toBe(1);
  servo!.powerCycle();
  expect(servo!.get(maxTorque!)).toBe(1000);
  expect(servo!.get(maxTemperature!)).toBe(55);
  await bus.close();
});
