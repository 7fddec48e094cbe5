import type { ServoBus } from "./servo-bus.ts";
import type { ServoFamily } from "./servo-family.ts";
import { readRegister, writeRegister } from "./write-register.ts";

export interface NewServo {
  /** What it is to be called. */
  readonly id: number;
  /** Bits a second; absent: as it is. */
  readonly baud?: number;
}

/**
 * Gives the only servo with id `from` another id and, last, another speed; the port follows. Torque is off afterwards.
 * Throws when the new id is taken, when the speed is none of the family's, or when the servo does not answer as what it
 * should now be.
 */
export async function setUpServo(bus: ServoBus, family: ServoFamily, from: number, to: NewServo): Promise<void> {
  const { id, baud } = to;
  const code = baud === undefined ? -1 : family.bauds.indexOf(baud);
  if (baud !== undefined && code < 0) {
    throw new Error(`${family.name}: expected a baud rate of ${family.bauds.join(", ")}, found ${baud}`);
  }
  if (!Number.isInteger(id) || id < 0 || id > bus.highestId) {
    throw new Error(`${family.name}: expected an id from 0 to ${bus.highestId}, found ${id}`);
  }
  if (id !== from && (await bus.ping(id, true)) !== undefined) {
    throw new Error(
      `servo ${id} on ${bus.line.name}: expected nobody with this id, found a servo; connect only the new one`,
    );
  }
  await writeRegister(bus, family, from, family.torque, 0);
  if (family.lock !== undefined) await writeRegister(bus, family, from, family.lock, 0);
  if (id !== from) await writeRegister(bus, family, from, family.id, id);
  if (baud !== undefined && (await readRegister(bus, family, id, family.baud)) !== code) {
    // The answer comes at whichever speed; what counts is that it answers at the new one.
    await writeRegister(bus, family, id, family.baud, code).catch(() => {});
    await bus.line.setBaud(baud);
  }
  if (family.lock !== undefined) await writeRegister(bus, family, id, family.lock, 1);
  if ((await bus.ping(id)) === undefined) {
    throw new Error(`servo ${id} on ${bus.line.name}: expected it to answer after it was set up, found silence`);
  }
}
