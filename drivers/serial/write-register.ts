import { decodeRegister, encodeRegister, type Register } from "./registers.ts";
import type { ServoBus } from "./servo-bus.ts";
import type { ServoFamily } from "./servo-family.ts";

/** Throws `ServoError`, and on a number that does not fit. */
export async function writeRegister(
  bus: ServoBus,
  family: ServoFamily,
  id: number,
  register: Register,
  value: number,
): Promise<void> {
  await bus.write(id, register.address, encodeRegister(register, family.order, value));
}

export async function readRegister(
  bus: ServoBus,
  family: ServoFamily,
  id: number,
  register: Register,
): Promise<number> {
  return decodeRegister(register, family.order, await bus.read(id, register.address, register.size));
}

/**
 * Writes EEPROM, for good: the servo's lock is opened for it and closed again whatever happens. Torque has to be off; a
 * Dynamixel refuses otherwise.
 */
export async function writeEeprom(
  bus: ServoBus,
  family: ServoFamily,
  id: number,
  writes: readonly { readonly register: Register; readonly value: number }[],
): Promise<void> {
  if (family.lock !== undefined) await writeRegister(bus, family, id, family.lock, 0);
  try {
    for (const { register, value } of writes) await writeRegister(bus, family, id, register, value);
  } finally {
    if (family.lock !== undefined) await writeRegister(bus, family, id, family.lock, 1);
  }
}
