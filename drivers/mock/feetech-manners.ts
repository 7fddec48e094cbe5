import { FEETECH_SCS, FEETECH_STS } from "../serial/feetech/family.ts";
import { SCS, STS } from "../serial/feetech/registers.ts";
import type { Register } from "../serial/registers.ts";
import type { EmulatedServo, ServoManners, Surroundings } from "./emulated-servo.ts";

/** Written to `torque`, this makes the present place the middle. */
const SET_MIDDLE = 128;
const AMPS_PER_UNIT = 0.0065;
const FULL_LOAD_AMPS = 1.95;
const VOLTAGE_BIT = 1;
const TEMPERATURE_BIT = 4;

/** Numbers of a new STS3215 (12 V) as it comes from the factory. */
const STS_FACTORY: readonly (readonly [Register, number])[] = [
  [STS.firmwareMajor, 3],
  [STS.firmwareMinor, 10],
  [STS.returnDelay, 250],
  [STS.responseLevel, 1],
  [STS.maxPosition, 4095],
  [STS.maxTemperature, 70],
  [STS.maxVoltage, 140],
  [STS.minVoltage, 40],
  [STS.maxTorque, 1000],
  [STS.pGain, 32],
  [STS.dGain, 32],
  [STS.torqueLimit, 1000],
  [STS.lock, 1],
];

/** STS and SMS servos. */
export const STS_MANNERS: ServoManners = {
  family: FEETECH_STS,
  factory: STS_FACTORY,
  present: (servo, encoder) => modulo(encoder - servo.get(STS.homingOffset), 4096),
  refusal: () => 0,
  wrote: (servo, address) => {
    if (address === STS.torque.address && servo.get(STS.torque) === SET_MIDDLE) setMiddle(servo);
    const goal = servo.get(STS.goalPosition);
    const [min, max] = [servo.get(STS.minPosition), servo.get(STS.maxPosition)];
    if (max > 0) servo.set(STS.goalPosition, Math.min(max, Math.max(min, goal)));
  },
  measure: (servo, counts, surroundings) => measure(STS, servo, counts, surroundings),
  saves: (servo) => servo.get(STS.lock) === 0,
  drive: (servo) => (servo.get(STS.torque) === 1 ? "follow" : undefined),
  torqueLimit: (servo) => servo.get(STS.torqueLimit) / 1000,
};

/** SCS servos: no offset, no torque limit in RAM. */
export const SCS_MANNERS: ServoManners = {
  family: FEETECH_SCS,
  factory: [
    [SCS.firmwareMajor, 1],
    [SCS.firmwareMinor, 4],
    [SCS.responseLevel, 1],
    [SCS.maxPosition, 1023],
    [SCS.maxTemperature, 80],
    [SCS.maxVoltage, 90],
    [SCS.minVoltage, 40],
    [SCS.maxTorque, 1000],
    [SCS.lock, 1],
  ],
  present: (_, encoder) => Math.min(1023, Math.max(0, encoder)),
  refusal: () => 0,
  wrote: (servo) => {
    const [min, max] = [servo.get(SCS.minPosition), servo.get(SCS.maxPosition)];
    servo.set(SCS.goalPosition, Math.min(max, Math.max(min, servo.get(SCS.goalPosition))));
  },
  measure: (servo, counts, surroundings) => measure(SCS, servo, counts, surroundings),
  saves: (servo) => servo.get(SCS.lock) === 0,
  drive: (servo) => (servo.get(SCS.torque) === 1 ? "follow" : undefined),
  torqueLimit: (servo) => servo.get(SCS.maxTorque) / 1000,
};

function measure(table: typeof STS | typeof SCS, servo: EmulatedServo, counts: number, around: Surroundings): void {
  const { countsPerTurn } = servo.manners.family;
  const { direction } = servo;
  const speed = servo.stuck === undefined ? (direction * around.velocity * countsPerTurn) / (2 * Math.PI) : 0;
  servo.set(table.presentPosition, modulo(counts, 4096));
  servo.set(table.presentVelocity, Math.round(speed));
  servo.set(table.presentLoad, Math.round(1000 * direction * around.load));
  servo.set(table.presentVoltage, Math.round(10 * around.volts));
  servo.set(table.presentTemperature, Math.round(around.celsius));
  servo.set(table.moving, Math.abs(speed) > 5 ? 1 : 0);
  const amps = servo.amps ?? Math.abs(around.load) * FULL_LOAD_AMPS;
  if (table === STS) servo.set(STS.presentCurrent, Math.round(amps / AMPS_PER_UNIT));
  const hot = around.celsius > servo.get(table.maxTemperature);
  const weak = 10 * around.volts < servo.get(table.minVoltage);
  servo.set(table.status, (hot ? TEMPERATURE_BIT : 0) + (weak ? VOLTAGE_BIT : 0));
  if (hot) servo.set(table.torque, 0);
}

/** The present place becomes 2048: the offset takes up the difference. */
function setMiddle(servo: EmulatedServo): void {
  const offset = servo.get(STS.homingOffset) + servo.get(STS.presentPosition) - 2048;
  servo.save(STS.homingOffset, Math.min(2047, Math.max(-2047, offset)));
  servo.set(STS.torque, 0);
}

function modulo(value: number, by: number): number {
  return ((value % by) + by) % by;
}
