import { DYNAMIXEL_X } from "../serial/dynamixel/family.ts";
import { X } from "../serial/dynamixel/registers.ts";
import { decodeRegister, type Register } from "../serial/registers.ts";
import type { EmulatedServo, ServoManners } from "./emulated-servo.ts";

/** Error numbers of a status packet. */
const RANGE = 4;
const LIMIT = 6;
const ACCESS = 7;
const VOLTAGE_BIT = 1;
const TEMPERATURE_BIT = 4;
/** What `busWatchdog` reads when it has stopped the servo. */
const TRIPPED = 255;
const WATCHDOG_UNIT_MS = 20;
const POSITION = 3;
const TURN = 4096;
/** In position mode a larger one is ignored. */
const MOST_OFFSET = 1024;

/** X-series servos. */
export const X_MANNERS: ServoManners = {
  family: DYNAMIXEL_X,
  factory: [
    [X.firmware, 46],
    [X.baud, 3],
    [X.returnDelay, 250],
    [X.mode, 3],
    [X.secondaryId, 255],
    [X.protocol, 2],
    [X.maxTemperature, 80],
    [X.maxVoltage, 160],
    [X.minVoltage, 95],
    [X.pwmLimit, 885],
    [X.currentLimit, 1193],
    [X.velocityLimit, 200],
    [X.maxPosition, 4095],
    [X.shutdown, 0x34],
    [X.statusReturnLevel, 2],
    [X.velocityIGain, 1920],
    [X.velocityPGain, 100],
    [X.positionPGain, 800],
    [X.goalPwm, 885],
  ],
  present: (servo, encoder) => {
    const offset = servo.get(X.homingOffset);
    if (servo.get(X.mode) !== POSITION) return encoder + offset;
    return (((encoder % TURN) + TURN) % TURN) + (Math.abs(offset) <= MOST_OFFSET ? offset : 0);
  },
  refusal,
  wrote: (servo, address) => {
    if (address === X.torque.address && servo.get(X.torque) === 1) {
      if ((servo.get(X.hardwareError) & servo.get(X.shutdown)) !== 0) servo.set(X.torque, 0);
    }
  },
  measure: (servo, counts, { velocity, load, volts, celsius }) => {
    const { direction } = servo;
    const speed = servo.stuck === undefined ? (direction * velocity) / DYNAMIXEL_X.velocityUnit : 0;
    servo.set(X.presentPosition, counts);
    servo.set(X.presentVelocity, Math.round(speed));
    servo.set(X.presentCurrent, Math.round(1000 * (servo.amps ?? direction * load)));
    servo.set(X.presentVoltage, Math.round(10 * volts));
    servo.set(X.presentTemperature, Math.round(celsius));
    servo.set(X.moving, Math.abs(speed) > 2 ? 1 : 0);
    // A hardware error stays until a reboot.
    const hot = celsius > servo.get(X.maxTemperature) ? TEMPERATURE_BIT : 0;
    const weak = 10 * volts < servo.get(X.minVoltage) ? VOLTAGE_BIT : 0;
    servo.set(X.hardwareError, servo.get(X.hardwareError) | hot | weak);
    if ((servo.get(X.hardwareError) & servo.get(X.shutdown)) !== 0) servo.set(X.torque, 0);
  },
  silent: (servo, ms) => {
    const limit = servo.get(X.busWatchdog);
    if (limit === 0 || limit === TRIPPED || ms < limit * WATCHDOG_UNIT_MS) return;
    servo.set(X.busWatchdog, TRIPPED);
    servo.set(X.goalPosition, servo.get(X.presentPosition));
  },
  saves: () => true,
  drive: (servo) => {
    if (servo.get(X.torque) !== 1) return undefined;
    return servo.get(X.positionPGain) > 0 ? "follow" : "damp";
  },
  torqueLimit: (servo) => Math.min(1, servo.get(X.goalPwm) / 885),
};

function refusal(servo: EmulatedServo, address: number, data: Uint8Array): number {
  const value = (register: Register): number | undefined =>
    address <= register.address && address + data.length >= register.address + register.size
      ? decodeRegister(register, "little", data, register.address - address)
      : undefined;
  if (address < DYNAMIXEL_X.ram && servo.get(X.torque) === 1) return ACCESS;
  if (address >= X.moving.address && address <= X.presentTemperature.address) return ACCESS;
  const id = value(X.id);
  if (id !== undefined && id > 252) return RANGE;
  const watchdog = value(X.busWatchdog);
  if (watchdog !== undefined && watchdog > 127) return RANGE;
  const goal = value(X.goalPosition);
  if (goal === undefined) return 0;
  if (servo.get(X.busWatchdog) === TRIPPED) return RANGE;
  return goal < servo.get(X.minPosition) || goal > servo.get(X.maxPosition) ? LIMIT : 0;
}
