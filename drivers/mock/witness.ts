import type { EmulatedBus } from "./emulated-bus.ts";
import { TruthFile } from "./truth-file.ts";

export interface WitnessConfig {
  /** Where the joints' true positions are appended, a line each time: `<monotonic ns> <rad> …`. */
  readonly path: string;
  /** Of each joint, rad. */
  readonly limits: readonly { readonly min: number; readonly max: number }[];
}

/** What rounding to counts, and a limit that lies between two of them, may come to, counts. */
const SLACK = 2;

/**
 * Stands beside an emulated machine and believes nobody: where the joints truly are, and how often a powered servo was given
 * a goal beyond its joint's limits. Goals are read as calibration has them, whatever a fault makes of them.
 */
export class Witness {
  #beyondLimits = 0;
  readonly #truth: TruthFile;
  readonly #goals: Int32Array;

  constructor(bus: EmulatedBus, { path, limits }: WitnessConfig) {
    this.#truth = new TruthFile(path, limits.length);
    this.#goals = new Int32Array(limits.length).fill(-1);
    bus.onServed = () => {
      this.#judge(bus, limits);
      this.#truth.write((joint) => bus.plant.position(joint));
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
}
