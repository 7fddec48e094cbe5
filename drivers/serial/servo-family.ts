import type { Homing } from "../../calibration/rig.ts";
import type { ByteOrder, Register, RegisterTable } from "./registers.ts";

/** What a servo says of its motion, in its own units. */
export interface RawState {
  position: number;
  velocity: number;
  load: number;
}

/** What a servo says of its health; SI where that needs no calibration. */
export interface RawHealth {
  /** °C */
  temperature: number;
  /** V */
  voltage: number;
  /** A; undefined when it has no sensor. */
  current: number | undefined;
  /** By bits; `errorBits` names them. */
  errors: number;
  /** Whether its motor is powered. */
  torque: boolean;
  /** Its own watchdog has stopped it. */
  watchdogTripped: boolean;
}

/** Registers that lie together and are read at once. */
export interface Block {
  readonly address: number;
  readonly size: number;
}

/** A number that a register should hold. */
export interface Setting {
  readonly name: string;
  readonly register: Register;
  readonly value: number;
}

/** What the driver needs to know of a kind of servo. Data, and the few functions that read it. */
export interface ServoFamily {
  readonly name: string;
  readonly protocol: "sts" | "scs" | "dynamixel";
  readonly order: ByteOrder;
  /** Models by number. */
  readonly models: Readonly<Record<number, string>>;
  readonly countsPerTurn: number;
  readonly registers: RegisterTable;
  readonly id: Register;
  readonly baud: Register;
  readonly bauds: readonly number[];
  /** Writing EEPROM needs `lock` at 0 first; absent where torque that is off is enough. */
  readonly lock?: Register;
  /** First address that is RAM. */
  readonly ram: number;
  readonly torque: Register;
  readonly goal: Register;
  /** Where its zero was moved to, in EEPROM; absent where it cannot be. */
  readonly homingOffset?: Register;
  /** What the servo makes of that offset; there where `homingOffset` is. */
  readonly homing?: Homing;
  /** Counts after which the encoder begins anew; absent where it ends, as a potentiometer does. */
  readonly seam?: number;
  /** How strong the motor may be, in RAM; absent where nothing limits it for a while only. */
  readonly torqueLimit?: { readonly register: Register /** What full torque is. */; readonly full: number };
  readonly state: Block;
  readState(bytes: Uint8Array, offset: number, into: RawState): void;
  /** rad/s of one unit of `RawState.velocity`. */
  readonly velocityUnit: number;
  /** Read in turn. */
  readonly health: readonly Block[];
  /** Fills what block `which` holds. */
  readHealth(which: number, bytes: Uint8Array, into: RawHealth): void;
  readonly errorBits: Readonly<Record<number, string>>;
  /** What every servo should be set to; EEPROM first. */
  readonly setup: readonly Setting[];
  /** Makes the motor brake without following a target, and undoes it; absent where it cannot: it lets go instead. */
  readonly damping?: {
    on(gain: number): readonly Setting[];
    /** What it changes; `setup` says how these are otherwise. The first is 0 while damped and only then. */
    readonly saved: readonly Register[];
  };
  /** Stops the servo when the bus falls silent. */
  readonly watchdog?: { readonly register: Register; readonly unitMs: number; readonly most: number };
}

/** Names of the bits that are set: "temperature, overload". */
export function errorNames(bits: Readonly<Record<number, string>>, errors: number): string {
  const names: string[] = [];
  for (let bit = 0; bit < 8; bit++) if ((errors >> bit) & 1) names.push(bits[bit] ?? `bit ${bit}`);
  return names.join(", ");
}
