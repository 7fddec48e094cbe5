import { openSync, writeSync } from "node:fs";
import type { EmulatedBus } from "./emulated-bus.ts";

export interface WitnessConfig {
  /** Where the joints' true positions are appended, a line each time: `<monotonic ns> <rad> …`. */
  readonly path: string;
  /** Of each joint, rad. */
  readonly limits: readonly { readonly min: number; readonly max: number }[];
}

/** Two lines are at least so far apart, ns. */
const EVERY_NS = 2_000_000n;
/** What rounding to counts, and a limit that lies between two of them, may come to, counts. */
const SLACK = 2;

/**
 * Stands beside an emulated machine and believes nobody: where the joints truly are, and how often a powered servo was given
 * a goal beyond its joint's limits. Goals are read as calibration has them, whatever a fault makes of them.
 */
export class Witness {
  #beyondLimits = 0;
  #writtenNs = 0n;
  readonly #file: number;
  readonly #goals: Int32Array;

  constructor(bus: EmulatedBus, { path, limits }: WitnessConfig) {
    this.#file = openSync(path, "a");
    this.#goals = new Int32Array(limits.length).fill(-1);
    bus.onServed = () => {
      this.#judge(bus, limits);
      this.#write(bus, limits.length);
    };
  }

  get beyondLimits(): number {
    return this.#beyondLimits;
  }

  #judge({ servos }: EmulatedBus, limits: WitnessConfig["limits"]): void {
    for (const [i, servo] of servos.entries()) {
      const { family } = servo.manners;
      const goal = servo.get(family.goal);
      if (goal === this.#goals[i] || servo.get(family.torque) !== 1) continue;
      this.#goals[i] = goal;
      const { zero, direction } = servo.mounting;
      const unit = (2 * Math.PI) / family.countsPerTurn;
      const angle = direction * (goal - servo.manners.present(servo, zero)) * unit;
      const { min, max } = limits[i]!;
      if (angle < min - SLACK * unit || angle > max + SLACK * unit) this.#beyondLimits++;
    }
  }

  #write({ plant }: EmulatedBus, joints: number): void {
    const now = process.hrtime.bigint();
    if (now < this.#writtenNs + EVERY_NS) return;
    this.#writtenNs = now;
    const positions = Array.from({ length: joints }, (_, i) => plant.position(i).toFixed(5));
    writeSync(this.#file, `${now} ${positions.join(" ")}\n`);
  }
}
