import { decodeRegister, type Register } from "../registers.ts";
import type { RawHealth, RawState, ServoFamily } from "../servo-family.ts";
import { BAUDS, MODELS, RAM, SCS, STATUS_BITS, STS } from "./registers.ts";

/** A of one unit of `presentCurrent`. */
const CURRENT_UNIT = 0.0065;
/** V of one unit of `presentVoltage`. */
const VOLTAGE_UNIT = 0.1;

/** STS and SMS servos: STS3215, STS3250, SM8512BL. */
export const FEETECH_STS: ServoFamily = {
  name: "Feetech STS",
  protocol: "sts",
  order: "little",
  models: MODELS,
  countsPerTurn: 4096,
  registers: STS,
  id: STS.id,
  baud: STS.baud,
  bauds: BAUDS,
  lock: STS.lock,
  ram: RAM,
  torque: STS.torque,
  goal: STS.goalPosition,
  homingOffset: STS.homingOffset,
  homing: { sign: -1, most: 2047, movesSeam: true },
  seam: 4096,
  torqueLimit: { register: STS.torqueLimit, full: 1000 },
  state: { address: STS.presentPosition.address, size: 6 },
  readState: (bytes, offset, into) => readState(STS, "little", bytes, offset, into),
  velocityUnit: (2 * Math.PI) / 4096,
  // From torque to current: 31 bytes, a length that no other answer has.
  health: [{ address: STS.torque.address, size: 31 }],
  readHealth: (_, bytes, into) => {
    readHealth(STS, bytes, into);
    into.current = Math.abs(read(STS.presentCurrent, "little", bytes, STS.torque.address)) * CURRENT_UNIT;
  },
  errorBits: STATUS_BITS,
  setup: [
    { name: "return delay", register: STS.returnDelay, value: 0 },
    { name: "response level", register: STS.responseLevel, value: 1 },
    { name: "mode", register: STS.mode, value: 0 },
    { name: "acceleration", register: STS.acceleration, value: 254 },
    { name: "goal time", register: STS.goalTime, value: 0 },
    { name: "goal velocity", register: STS.goalVelocity, value: 0 },
  ],
};

/** SCS servos: SCS0009. 1024 counts over 300°. */
export const FEETECH_SCS: ServoFamily = {
  name: "Feetech SCS",
  protocol: "scs",
  order: "big",
  models: MODELS,
  countsPerTurn: 1024 / (300 / 360),
  registers: SCS,
  id: SCS.id,
  baud: SCS.baud,
  bauds: BAUDS,
  lock: SCS.lock,
  ram: RAM,
  torque: SCS.torque,
  goal: SCS.goalPosition,
  state: { address: SCS.presentPosition.address, size: 6 },
  readState: (bytes, offset, into) => readState(SCS, "big", bytes, offset, into),
  velocityUnit: (2 * Math.PI * (300 / 360)) / 1024,
  health: [{ address: SCS.torque.address, size: 27 }],
  readHealth: (_, bytes, into) => {
    readHealth(SCS, bytes, into);
    into.current = undefined;
  },
  errorBits: STATUS_BITS,
  setup: [
    { name: "return delay", register: SCS.returnDelay, value: 0 },
    { name: "response level", register: SCS.responseLevel, value: 1 },
    { name: "running time", register: SCS.runningTime, value: 0 },
    { name: "goal velocity", register: SCS.goalVelocity, value: 0 },
  ],
};

type Table = typeof STS | typeof SCS;

function read(register: Register, order: ServoFamily["order"], bytes: Uint8Array, base: number, offset = 0): number {
  return decodeRegister(register, order, bytes, offset + register.address - base);
}

function readState(table: Table, order: ServoFamily["order"], bytes: Uint8Array, offset: number, into: RawState): void {
  const base = table.presentPosition.address;
  into.position = read(table.presentPosition, order, bytes, base, offset);
  into.velocity = read(table.presentVelocity, order, bytes, base, offset);
  into.load = read(table.presentLoad, order, bytes, base, offset);
}

function readHealth(table: Table, bytes: Uint8Array, into: RawHealth): void {
  const at = ({ address }: Register): number => bytes[address - table.torque.address]!;
  into.torque = at(table.torque) === 1;
  into.voltage = at(table.presentVoltage) * VOLTAGE_UNIT;
  into.temperature = at(table.presentTemperature);
  into.errors = at(table.status);
  into.watchdogTripped = false;
}
