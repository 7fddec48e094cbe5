import { decodeRegister, encodeRegister, type Register } from "../serial/registers.ts";
import type { ServoFamily } from "../serial/servo-family.ts";
import type { Drive } from "./plant.ts";

/** Bytes of a servo's memory. */
const MEMORY_BYTES = 256;
/** Below this supply a servo's controller goes out, V. */
export const RESET_VOLTS = 4;

/** How an emulated servo sits on its joint: what calibration has to find out. */
export interface Mounting {
  /** Counts of the encoder at 0 rad. */
  readonly zero: number;
  /** +1 when counts rise with the angle, −1 when they fall. */
  readonly direction: 1 | -1;
}

/** The servo's joint and supply at this moment. */
export interface Surroundings {
  /** rad, rad/s */
  readonly position: number;
  readonly velocity: number;
  /** Share of its full torque that the motor spends, −1 to 1. */
  readonly load: number;
  /** V */
  readonly volts: number;
  /** °C */
  readonly celsius: number;
}

/** What the kinds of servo do differently. */
export interface ServoManners {
  readonly family: ServoFamily;
  /** Numbers of a new servo. */
  readonly factory: readonly (readonly [Register, number])[];
  /** The position it reports for an encoder that stands there; counts, not rounded. */
  present(servo: EmulatedServo, encoder: number): number;
  /** Why a write is refused, as the protocol's error; 0: it is not. */
  refusal(servo: EmulatedServo, address: number, data: Uint8Array): number;
  /** After a write. */
  wrote(servo: EmulatedServo, address: number, size: number): void;
  /** Fills the registers that say what is measured. */
  measure(servo: EmulatedServo, counts: number, surroundings: Surroundings): void;
  /** A bus that was silent for so long, ms. */
  silent?(servo: EmulatedServo, ms: number): void;
  /** Whether what is written to EEPROM stays after switching off. */
  saves(servo: EmulatedServo): boolean;
  /** What the motor does. */
  drive(servo: EmulatedServo): "follow" | "damp" | undefined;
  /** Share of its torque, 0 to 1. */
  torqueLimit(servo: EmulatedServo): number;
}

/** One servo at register level: EEPROM that outlives the supply, RAM that does not, an encoder and a motor. */
export class EmulatedServo {
  readonly manners: ServoManners;
  readonly memory = new Uint8Array(MEMORY_BYTES);
  readonly mounting: Mounting;
  /** A write that waits for the instruction to act. */
  registered: { readonly address: number; readonly data: Uint8Array } | undefined;
  /** The encoder shows this and nothing else, counts; undefined: it works. */
  stuck: number | undefined;
  /** It neither answers nor turns. */
  dead = false;
  /** Motor and encoder are the wrong way round. */
  reversed = false;
  /** How far its horn has slipped on the joint: what it shows too much, rad. */
  slip = 0;
  /** What it says that it draws, A; undefined: what it does. */
  amps: number | undefined;
  /** The present position before rounding, counts. */
  #exact = 0;
  #position = 0;
  readonly #eeprom: Uint8Array;

  constructor(manners: ServoManners, id: number, model: number, mounting: Mounting) {
    this.manners = manners;
    this.mounting = mounting;
    const { family, factory } = manners;
    for (const [register, value] of factory) this.set(register, value);
    this.set(family.id, id);
    this.set(family.registers.model!, model);
    this.#eeprom = this.memory.slice();
  }

  /** +1 when counts rise with the angle, −1 when they fall. */
  get direction(): 1 | -1 {
    return (this.reversed ? -this.mounting.direction : this.mounting.direction) as 1 | -1;
  }

  get id(): number {
    return this.get(this.manners.family.id);
  }

  get(register: Register): number {
    return decodeRegister(register, this.manners.family.order, this.memory, register.address);
  }

  /** As the servo's own firmware: nothing is refused, and EEPROM keeps it only through `save`. */
  set(register: Register, value: number): void {
    encodeRegister(register, this.manners.family.order, value, this.memory, register.address);
  }

  /** Writes a register for good, as the factory. */
  save(register: Register, value: number): void {
    this.set(register, value);
    encodeRegister(register, this.manners.family.order, value, this.#eeprom, register.address);
  }

  read(address: number, size: number): Uint8Array {
    return this.memory.slice(address, address + size);
  }

  /** Returns the protocol's error; 0: written. */
  write(address: number, data: Uint8Array): number {
    const refusal = this.manners.refusal(this, address, data);
    if (refusal !== 0) return refusal;
    const saves = this.manners.saves(this);
    this.memory.set(data, address);
    const { ram } = this.manners.family;
    if (saves && address < ram) this.#eeprom.set(data.subarray(0, ram - address), address);
    this.manners.wrote(this, address, data.length);
    return 0;
  }

  /** Off and on again. */
  powerCycle(): void {
    const { family, factory } = this.manners;
    this.registered = undefined;
    this.memory.fill(0);
    for (const [register, value] of factory) this.set(register, value);
    this.memory.set(this.#eeprom.subarray(0, family.ram));
  }

  /** The joint moved, the supply changed. */
  feel(surroundings: Surroundings): void {
    const { family } = this.manners;
    const { zero } = this.mounting;
    const { direction } = this;
    this.#position = surroundings.position;
    const encoder = zero + (direction * (surroundings.position + this.slip) * family.countsPerTurn) / (2 * Math.PI);
    this.#exact = this.stuck ?? this.manners.present(this, encoder);
    this.manners.measure(this, Math.round(this.#exact), surroundings);
  }

  /** What its motor does now. */
  drive(): Drive {
    const kind = this.dead ? undefined : this.manners.drive(this);
    if (kind !== "follow") return kind;
    const { countsPerTurn, goal } = this.manners.family;
    const way = this.get(goal) - this.#exact;
    return this.#position + (this.direction * way * 2 * Math.PI) / countsPerTurn;
  }

  /** The angle that its goal stands for, rad, whether or not it follows it. */
  get goalAngle(): number {
    const { countsPerTurn, goal } = this.manners.family;
    const middle = this.manners.present(this, this.mounting.zero);
    return (this.direction * (this.get(goal) - middle) * 2 * Math.PI) / countsPerTurn;
  }

  /** The encoder stays where it is. */
  stick(): void {
    this.stuck ??= this.#exact;
  }
}
