import { decodeRegister } from "../registers.ts";
import type { ServoFamily } from "../servo-family.ts";
import { BAUDS, HARDWARE_ERROR_BITS, MODELS, RAM, X } from "./registers.ts";

/** V of one unit of `presentVoltage`. */
const VOLTAGE_UNIT = 0.1;
/** What `busWatchdog` reads after it has stopped the servo: −1. */
const TRIPPED = 255;

const STATE = { address: X.presentCurrent.address, size: 10 };
const CONTROL = { address: X.torque.address, size: X.busWatchdog.address + 1 - X.torque.address };
const SUPPLY = { address: X.presentVoltage.address, size: 3 };

/** The X series in position mode: XL330, XL430, XM430, XM540, XC430. */
export const DYNAMIXEL_X: ServoFamily = {
  name: "Dynamixel X",
  protocol: "dynamixel",
  order: "little",
  models: MODELS,
  countsPerTurn: 4096,
  registers: X,
  id: X.id,
  baud: X.baud,
  bauds: BAUDS,
  ram: RAM,
  torque: X.torque,
  goal: X.goalPosition,
  homingOffset: X.homingOffset,
  // In position mode a larger offset is ignored, and the position still begins anew where the encoder does (e-Manual, 20).
  homing: { sign: 1, most: 1024, movesSeam: false },
  seam: 4096,
  torqueLimit: { register: X.goalPwm, full: 885 },
  state: STATE,
  readState: (bytes, offset, into) => {
    into.load = decodeRegister(X.presentCurrent, "little", bytes, offset);
    into.velocity = decodeRegister(X.presentVelocity, "little", bytes, offset + 2);
    into.position = decodeRegister(X.presentPosition, "little", bytes, offset + 6);
  },
  velocityUnit: (0.229 * 2 * Math.PI) / 60,
  health: [CONTROL, SUPPLY],
  readHealth: (which, bytes, into) => {
    if (which === 0) {
      into.torque = bytes[0] === 1;
      into.errors = bytes[X.hardwareError.address - CONTROL.address]!;
      into.watchdogTripped = bytes[X.busWatchdog.address - CONTROL.address] === TRIPPED;
    } else {
      into.voltage = decodeRegister(X.presentVoltage, "little", bytes) * VOLTAGE_UNIT;
      into.temperature = bytes[2]!;
    }
  },
  errorBits: HARDWARE_ERROR_BITS,
  setup: [
    { name: "return delay", register: X.returnDelay, value: 0 },
    { name: "drive mode", register: X.driveMode, value: 0 },
    { name: "mode", register: X.mode, value: 3 },
    { name: "status return level", register: X.statusReturnLevel, value: 2 },
    { name: "profile acceleration", register: X.profileAcceleration, value: 0 },
    { name: "profile velocity", register: X.profileVelocity, value: 0 },
    { name: "position P gain", register: X.positionPGain, value: 800 },
    { name: "position I gain", register: X.positionIGain, value: 0 },
    { name: "position D gain", register: X.positionDGain, value: 0 },
  ],
  // Without its proportional part the position controller brakes: its derivative part sees the velocity alone.
  damping: {
    on: (gain) => [
      { name: "position P gain", register: X.positionPGain, value: 0 },
      { name: "position I gain", register: X.positionIGain, value: 0 },
      { name: "position D gain", register: X.positionDGain, value: gain },
    ],
    saved: [X.positionPGain, X.positionIGain, X.positionDGain],
  },
  watchdog: { register: X.busWatchdog, unitMs: 20, most: 127 },
};
