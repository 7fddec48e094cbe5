import type { Drive, Plant } from "./plant.ts";

export interface FirstOrderSettings {
  /** In which a joint covers 63 % of the way to its target, s. */
  readonly timeConstant: number;
  /** rad/s */
  readonly topSpeed: number;
  /** N·m a rad that the target is away, and at most. */
  readonly stiffness: number;
  readonly stallTorque: number;
  /** rad, one a joint: where it meets something; absent: nowhere. */
  readonly stops?: readonly (readonly [min: number, max: number])[];
}

export const FIRST_ORDER: FirstOrderSettings = { timeConstant: 0.05, topSpeed: 5, stiffness: 20, stallTorque: 3 };

interface Joint {
  drive: Drive;
  torque: number;
  position: number;
  velocity: number;
}

/** Joints that know nothing of each other and approach their targets exponentially; without a target they stay. */
export class FirstOrderPlant implements Plant {
  readonly #settings: FirstOrderSettings;
  readonly #joints: readonly Joint[];
  #nowMs: number | undefined;

  /** `start`: rad, one a joint. */
  constructor(start: readonly number[], settings: Partial<FirstOrderSettings> = {}) {
    this.#settings = { ...FIRST_ORDER, ...settings };
    this.#joints = start.map((position) => ({ drive: undefined, torque: 1, position, velocity: 0 }));
  }

  drive(joint: number, drive: Drive, torque: number): void {
    const at = this.#joints[joint]!;
    at.drive = drive;
    at.torque = torque;
  }

  advance(timeMs: number): void {
    const seconds = (timeMs - (this.#nowMs ?? timeMs)) / 1000;
    this.#nowMs = Math.max(timeMs, this.#nowMs ?? timeMs);
    if (seconds <= 0) return;
    const { timeConstant, topSpeed } = this.#settings;
    const share = 1 - Math.exp(-seconds / timeConstant);
    for (const [i, joint] of this.#joints.entries()) {
      const wanted = typeof joint.drive === "number" ? (joint.drive - joint.position) * share : 0;
      const most = topSpeed * joint.torque * seconds;
      const [low, high] = this.#settings.stops?.[i] ?? [Number.NEGATIVE_INFINITY, Number.POSITIVE_INFINITY];
      const free = Math.min(most, Math.max(-most, wanted));
      const way = Math.min(high, Math.max(low, joint.position + free)) - joint.position;
      joint.position += way;
      joint.velocity = way / seconds;
    }
  }

  position(joint: number): number {
    return this.#joints[joint]!.position;
  }

  velocity(joint: number): number {
    return this.#joints[joint]!.velocity;
  }

  effort(joint: number): number {
    const { drive, position, torque } = this.#joints[joint]!;
    const { stiffness, stallTorque } = this.#settings;
    const wanted = typeof drive === "number" ? stiffness * (drive - position) : 0;
    return Math.min(stallTorque * torque, Math.max(-stallTorque * torque, wanted));
  }

  /** As a hand would: puts a joint somewhere. */
  place(joint: number, position: number): void {
    this.#joints[joint]!.position = position;
  }
}
