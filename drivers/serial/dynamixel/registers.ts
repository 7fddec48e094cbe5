import type { RegisterTable } from "../registers.ts";

/**
 * Control table of the X series (emanual.robotis.com/docs/en/dxl/x/xm430-w350). Little-endian, 4096 counts a turn. Up to
 * `shutdown` it is EEPROM, which can be written only while torque is off.
 */
export const X = {
  model: { address: 0, size: 2 },
  firmware: { address: 6, size: 1 },
  id: { address: 7, size: 1 },
  baud: { address: 8, size: 1 },
  /** 2 µs */
  returnDelay: { address: 9, size: 1 },
  driveMode: { address: 10, size: 1 },
  /** 0 current, 1 velocity, 3 position, 4 extended position, 5 current-based position, 16 PWM */
  mode: { address: 11, size: 1 },
  secondaryId: { address: 12, size: 1 },
  protocol: { address: 13, size: 1 },
  /** Counts; present position = encoder + this. */
  homingOffset: { address: 20, size: 4, sign: "twos" },
  /** °C */
  maxTemperature: { address: 31, size: 1 },
  /** 0.1 V */
  maxVoltage: { address: 32, size: 2 },
  minVoltage: { address: 34, size: 2 },
  /** 0.113 % */
  pwmLimit: { address: 36, size: 2 },
  currentLimit: { address: 38, size: 2 },
  accelerationLimit: { address: 40, size: 4 },
  velocityLimit: { address: 44, size: 4 },
  maxPosition: { address: 48, size: 4 },
  minPosition: { address: 52, size: 4 },
  shutdown: { address: 63, size: 1 },
  torque: { address: 64, size: 1 },
  led: { address: 65, size: 1 },
  statusReturnLevel: { address: 68, size: 1 },
  hardwareError: { address: 70, size: 1 },
  velocityIGain: { address: 76, size: 2 },
  velocityPGain: { address: 78, size: 2 },
  positionDGain: { address: 80, size: 2 },
  positionIGain: { address: 82, size: 2 },
  positionPGain: { address: 84, size: 2 },
  feedforward2Gain: { address: 88, size: 2 },
  feedforward1Gain: { address: 90, size: 2 },
  /** 20 ms; 0 off; reads 255 after it has stopped the servo. */
  busWatchdog: { address: 98, size: 1 },
  goalPwm: { address: 100, size: 2, sign: "twos" },
  goalCurrent: { address: 102, size: 2, sign: "twos" },
  goalVelocity: { address: 104, size: 4, sign: "twos" },
  profileAcceleration: { address: 108, size: 4 },
  profileVelocity: { address: 112, size: 4 },
  goalPosition: { address: 116, size: 4, sign: "twos" },
  moving: { address: 122, size: 1 },
  presentPwm: { address: 124, size: 2, sign: "twos" },
  /** 2.69 mA, or on models without a current sensor the load in 0.1 % */
  presentCurrent: { address: 126, size: 2, sign: "twos" },
  /** 0.229 turns a minute */
  presentVelocity: { address: 128, size: 4, sign: "twos" },
  presentPosition: { address: 132, size: 4, sign: "twos" },
  /** 0.1 V */
  presentVoltage: { address: 144, size: 2 },
  /** °C */
  presentTemperature: { address: 146, size: 1 },
} as const satisfies RegisterTable;

/** First address that is RAM. */
export const RAM = 64;

/** By the number in `baud`. */
export const BAUDS = [9600, 57_600, 115_200, 1_000_000, 2_000_000, 3_000_000, 4_000_000] as const;

/** What the bits of `hardwareError` say. */
export const HARDWARE_ERROR_BITS: Readonly<Record<number, string>> = {
  0: "voltage",
  2: "temperature",
  3: "encoder",
  4: "electrical shock",
  5: "overload",
};

/** What the low seven bits of a reply's error byte say; bit 7 points to `hardwareError`. */
export const REFUSALS: Readonly<Record<number, string>> = {
  1: "it could not do it",
  2: "it does not know the instruction",
  3: "the request arrived damaged",
  4: "a value is out of the register's range",
  5: "the data has the wrong length",
  6: "a value is beyond a limit set in the servo",
  7: "the register cannot be read or written now",
};

export const MODELS: Readonly<Record<number, string>> = {
  1190: "XL330-M077",
  1200: "XL330-M288",
  1060: "XL430-W250",
  1020: "XM430-W350",
  1120: "XM540-W270",
  1070: "XC430-W150",
};
