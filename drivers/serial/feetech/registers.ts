import type { RegisterTable } from "../registers.ts";

/**
 * Memory of the STS and SMS series, STS3215 among them (Feetech's SMS/STS memory table; cross-checked with LeRobot's).
 * Little-endian, 4096 counts a turn. Up to `overCurrentTime` it is EEPROM, written for good only while `lock` is 0.
 */
export const STS = {
  firmwareMajor: { address: 0, size: 1 },
  firmwareMinor: { address: 1, size: 1 },
  model: { address: 3, size: 2 },
  id: { address: 5, size: 1 },
  baud: { address: 6, size: 1 },
  /** 2 µs */
  returnDelay: { address: 7, size: 1 },
  /** 0: replies only to reads and pings; 1: to everything. */
  responseLevel: { address: 8, size: 1 },
  minPosition: { address: 9, size: 2 },
  maxPosition: { address: 11, size: 2 },
  /** °C */
  maxTemperature: { address: 13, size: 1 },
  /** 0.1 V */
  maxVoltage: { address: 14, size: 1 },
  minVoltage: { address: 15, size: 1 },
  /** 0.1 % */
  maxTorque: { address: 16, size: 2 },
  /** Bit 4: position counts on over several turns. */
  phase: { address: 18, size: 1 },
  unloadingCondition: { address: 19, size: 1 },
  ledAlarm: { address: 20, size: 1 },
  pGain: { address: 21, size: 1 },
  dGain: { address: 22, size: 1 },
  iGain: { address: 23, size: 1 },
  minStartForce: { address: 24, size: 2 },
  clockwiseDeadZone: { address: 26, size: 1 },
  counterclockwiseDeadZone: { address: 27, size: 1 },
  /** 6.5 mA */
  protectionCurrent: { address: 28, size: 2 },
  resolution: { address: 30, size: 1 },
  /** Counts; present position = encoder − this. */
  homingOffset: { address: 31, size: 2, sign: 11 },
  /** 0 position, 1 velocity, 2 PWM, 3 step */
  mode: { address: 33, size: 1 },
  /** % */
  protectiveTorque: { address: 34, size: 1 },
  /** 10 ms */
  protectionTime: { address: 35, size: 1 },
  /** % */
  overloadTorque: { address: 36, size: 1 },
  velocityPGain: { address: 37, size: 1 },
  overCurrentTime: { address: 38, size: 1 },
  velocityIGain: { address: 39, size: 1 },
  /** 0 off, 1 on; 128 makes the present place the middle. */
  torque: { address: 40, size: 1 },
  /** 100 counts/s² */
  acceleration: { address: 41, size: 1 },
  goalPosition: { address: 42, size: 2, sign: 15 },
  goalTime: { address: 44, size: 2 },
  goalVelocity: { address: 46, size: 2, sign: 15 },
  /** 0.1 % */
  torqueLimit: { address: 48, size: 2 },
  lock: { address: 55, size: 1 },
  presentPosition: { address: 56, size: 2, sign: 15 },
  /** counts/s */
  presentVelocity: { address: 58, size: 2, sign: 15 },
  /** 0.1 % of the motor's duty cycle */
  presentLoad: { address: 60, size: 2, sign: 10 },
  /** 0.1 V */
  presentVoltage: { address: 62, size: 1 },
  /** °C */
  presentTemperature: { address: 63, size: 1 },
  status: { address: 65, size: 1 },
  moving: { address: 66, size: 1 },
  /** 6.5 mA */
  presentCurrent: { address: 69, size: 2, sign: 15 },
} as const satisfies RegisterTable;

/** Memory of the SCS series: big-endian, 1024 counts over its range. `lock` lies elsewhere and there is no offset. */
export const SCS = {
  firmwareMajor: { address: 0, size: 1 },
  firmwareMinor: { address: 1, size: 1 },
  model: { address: 3, size: 2 },
  id: { address: 5, size: 1 },
  baud: { address: 6, size: 1 },
  returnDelay: { address: 7, size: 1 },
  responseLevel: { address: 8, size: 1 },
  minPosition: { address: 9, size: 2 },
  maxPosition: { address: 11, size: 2 },
  maxTemperature: { address: 13, size: 1 },
  maxVoltage: { address: 14, size: 1 },
  minVoltage: { address: 15, size: 1 },
  maxTorque: { address: 16, size: 2 },
  phase: { address: 18, size: 1 },
  unloadingCondition: { address: 19, size: 1 },
  ledAlarm: { address: 20, size: 1 },
  pGain: { address: 21, size: 1 },
  dGain: { address: 22, size: 1 },
  iGain: { address: 23, size: 1 },
  minStartForce: { address: 24, size: 2 },
  clockwiseDeadZone: { address: 26, size: 1 },
  counterclockwiseDeadZone: { address: 27, size: 1 },
  protectiveTorque: { address: 37, size: 1 },
  protectionTime: { address: 38, size: 1 },
  torque: { address: 40, size: 1 },
  acceleration: { address: 41, size: 1 },
  goalPosition: { address: 42, size: 2 },
  runningTime: { address: 44, size: 2 },
  goalVelocity: { address: 46, size: 2 },
  lock: { address: 48, size: 1 },
  presentPosition: { address: 56, size: 2 },
  presentVelocity: { address: 58, size: 2, sign: 15 },
  presentLoad: { address: 60, size: 2, sign: 10 },
  presentVoltage: { address: 62, size: 1 },
  presentTemperature: { address: 63, size: 1 },
  status: { address: 65, size: 1 },
  moving: { address: 66, size: 1 },
} as const satisfies RegisterTable;

/** First address that is RAM. */
export const RAM = 40;

/** By the number in `baud`. Above 4 the sources disagree, so those are left out. */
export const BAUDS = [1_000_000, 500_000, 250_000, 128_000, 115_200] as const;

/** What the bits of a reply's status byte and of the register `status` say. */
export const STATUS_BITS: Readonly<Record<number, string>> = {
  0: "voltage",
  1: "encoder",
  2: "temperature",
  3: "current",
  5: "overload",
};

export const MODELS: Readonly<Record<number, string>> = {
  777: "STS3215",
  2825: "STS3250",
  11272: "SM8512BL",
  1284: "SCS0009",
};
