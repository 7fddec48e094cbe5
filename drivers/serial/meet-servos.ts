import { decodeRegister, type Register } from "./registers.ts";
import { type ServoBus, ServoError } from "./servo-bus.ts";
import type { ServoFamily, Setting } from "./servo-family.ts";
import type { ServoJoint } from "./servo-joint.ts";
import { writeEeprom, writeRegister } from "./write-register.ts";

/** What was found of one servo. */
export interface MetServo {
  readonly motor: "limp" | "on" | "damped";
  /** Counts. */
  readonly goal: number;
  /** What undoes damping. */
  readonly undamped: readonly Setting[];
  /** What had to be set, for a report: "mode 1 → 0". */
  readonly changed: readonly string[];
}

/**
 * Makes sure that the servo of each joint is there, is what it should be, and is set as it should be: whatever already is
 * so is left alone, so nothing wears and a servo that carries a load keeps it. Throws, naming servo and register.
 */
export async function meetServo(
  bus: ServoBus,
  family: ServoFamily,
  joint: ServoJoint,
  name: string,
): Promise<MetServo> {
  const who = `${name} (servo ${joint.id} on ${bus.line.name})`;
  const found = await bus.ping(joint.id);
  if (found === undefined) {
    const check = "check its cable and the one before it in the chain, power, id and baud rate";
    throw new ServoError("no-reply", `${who}: nobody answers; ${check}`);
  }
  if (family.models[found.model] === undefined) {
    const known = Object.entries(family.models).map(([number, model]) => `${model} (${number})`);
    throw new Error(`${who}: expected a model of ${known.join(", ")}, found model ${found.model}`);
  }
  const { model } = joint;
  if (model !== undefined && found.model !== model) {
    const [wanted, is] = [model, found.model].map((number) => `${family.models[number] ?? "model"} (${number})`);
    throw new Error(
      `${who}: expected the ${wanted} of its calibration, found model ${is}; put the right servo there, or calibrate the robot anew`,
    );
  }
  const registers = await readAll(bus, family, joint.id);
  const value = (register: Register): number => decodeRegister(register, family.order, registers, register.address);
  assertUnchanged(family, joint, found.firmware, value, who);
  const torque = value(family.torque) === 1;
  const damping = (family.damping?.saved ?? []).map(({ address }) => address);
  const damped = torque && damping.length > 0 && value(family.damping!.saved[0]!) === 0;
  const wanted = merge(family.setup, joint.settings ?? []);
  // The gains of a powered motor are not touched: one that is damped would jump to a goal of long ago.
  const differing = wanted.filter(
    ({ register, value: to }) => value(register) !== to && !(torque && damping.includes(register.address)),
  );
  const eeprom = differing.filter(({ register }) => register.address < family.ram);
  const changed = differing.map(({ name: what, register, value: to }) => `${what} ${value(register)} → ${to}`);
  if (eeprom.length > 0) {
    if (torque) {
      const [first] = eeprom;
      throw new Error(
        `${who}: expected ${first!.name} ${first!.value}, found ${value(first!.register)}, and it can be set only while ` +
          "the joint is limp, which it is not: support the robot and switch its power off and on",
      );
    }
    await writeEeprom(bus, family, joint.id, eeprom);
  }
  for (const setting of differing) {
    if (setting.register.address < family.ram) continue;
    await writeRegister(bus, family, joint.id, setting.register, setting.value);
  }
  const undamped = wanted.filter(({ register }) => damping.includes(register.address));
  return { motor: damped ? "damped" : torque ? "on" : "limp", goal: value(family.goal), undamped, changed };
}

/**
 * The servo is the one that was calibrated, and holds what calibration left in it. Throws, naming the register, what was
 * expected and found, and what to do.
 */
function assertUnchanged(
  family: ServoFamily,
  joint: ServoJoint,
  firmware: number,
  value: (register: Register) => number,
  who: string,
): void {
  const check = (what: string, expected: number | undefined, found: number, register?: Register): void => {
    if (expected === undefined || found === expected) return;
    throw new Error(
      `${who}: expected the ${what} of its calibration, ${expected}, found ${found}; ` +
        `${register ? `register ${register.address}: ` : ""}it is another servo or was changed since: calibrate the robot anew`,
    );
  };
  const { homingOffset, registers } = family;
  check("firmware", joint.firmware, firmware);
  if (homingOffset !== undefined) check("homing offset", joint.homingOffset, value(homingOffset), homingOffset);
  const { minPosition, maxPosition } = registers;
  if (joint.stored === undefined || minPosition === undefined || maxPosition === undefined) return;
  check("lower position limit", joint.stored.min, value(minPosition), minPosition);
  check("upper position limit", joint.stored.max, value(maxPosition), maxPosition);
}

/** Memory from 0 to the last register that can be set; what cannot be read is 0. */
async function readAll(bus: ServoBus, family: ServoFamily, id: number): Promise<Uint8Array> {
  const registers = new Uint8Array(256);
  const end = family.goal.address + family.goal.size + 8;
  // No more at a time than a lost byte is a pity for.
  for (let at = 0; at < end; at += 32) registers.set(await bus.read(id, at, Math.min(32, end - at)), at);
  return registers;
}

/** A joint's own settings win. */
function merge(family: readonly Setting[], joint: readonly Setting[]): readonly Setting[] {
  const own = new Set(joint.map(({ register }) => register.address));
  return [...family.filter(({ register }) => !own.has(register.address)), ...joint];
}
