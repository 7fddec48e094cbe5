import { expect, test } from "vitest";
import { X } from "../../../drivers/serial/dynamixel/registers.ts";
import { SCS, STS } from "../../../drivers/serial/feetech/registers.ts";
import { decodeRegister, encodeRegister, type Register, registerRange } from "../../../drivers/serial/registers.ts";
import { fc } from "../../properties.ts";

test.each([
  ["homing offset −1", STS.homingOffset, "little", -1, [0x01, 0x08]],
  ["homing offset 2047", STS.homingOffset, "little", 2047, [0xff, 0x07]],
  ["velocity −300", STS.presentVelocity, "little", -300, [0x2c, 0x81]],
  ["load −500", STS.presentLoad, "little", -500, [0xf4, 0x05]],
  ["position 2048 of an SCS", SCS.presentPosition, "big", 512, [0x02, 0x00]],
  ["velocity −1 of an X", X.presentVelocity, "little", -1, [0xff, 0xff, 0xff, 0xff]],
  ["position 70000 of an X", X.goalPosition, "little", 70_000, [0x70, 0x11, 0x01, 0x00]],
] as const)("%s is these bytes", (_, register, order, value, bytes) => {
  expect([...encodeRegister(register, order, value)]).toEqual(bytes);
  expect(decodeRegister(register, order, Uint8Array.from(bytes))).toBe(value);
});

test("every number of a register's range comes back, in either order", () => {
  const anyRegister = fc.constantFrom<Register>(...Object.values(STS), ...Object.values(X), ...Object.values(SCS));
  fc.assert(
    fc.property(
      anyRegister,
      fc.constantFrom("little", "big"),
      fc.double({ min: 0, max: 1, noNaN: true }),
      (register, order, share) => {
        const [min, max] = registerRange(register);
        const value = Math.round(min + share * (max - min)) + 0;
        expect(decodeRegister(register, order as "little", encodeRegister(register, order as "little", value))).toBe(
          value,
        );
      },
    ),
  );
});

test("what a register cannot hold is refused", () => {
  expect(() => encodeRegister(STS.homingOffset, "little", 2048)).toThrow(
    "register 31: expected a whole number from -2047 to 2047, found 2048",
  );
  expect(() => encodeRegister(STS.goalPosition, "little", Number.NaN)).toThrow(/found NaN/);
  expect(() => encodeRegister(STS.id, "little", 1.5)).toThrow(/found 1.5/);
});

test.each([
  ["STS", STS],
  ["SCS", SCS],
  ["X", X],
])("no two registers of %s overlap", (_, table) => {
  const taken = new Map<number, string>();
  for (const [name, { address, size }] of Object.entries(table)) {
    for (let at = address; at < address + size; at++) {
      expect(taken.get(at), `${name} at ${at}`).toBeUndefined();
      taken.set(at, name);
    }
  }
});
