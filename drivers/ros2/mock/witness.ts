import { TruthFile } from "../../mock/truth-file.ts";
import type { WitnessConfig } from "../../mock/witness.ts";

/** What the rounding of a message to single precision may come to, rad. */
const SLACK = 1e-5;

/** Stands beside an emulated machine on ROS 2: where its joints truly are, and how often it was to follow a target beyond a limit. */
export class RosWitness {
  #beyondLimits = 0;
  readonly #limits: WitnessConfig["limits"];
  readonly #truth: TruthFile;

  constructor({ path, limits }: WitnessConfig) {
    this.#limits = limits;
    this.#truth = new TruthFile(path, limits.length);
  }

  get beyondLimits(): number {
    return this.#beyondLimits;
  }

  judge(targets: ArrayLike<number>): void {
    for (const [i, { min, max }] of this.#limits.entries()) {
      const target = targets[i]!;
      if (!(target >= min - SLACK && target <= max + SLACK)) this.#beyondLimits++;
    }
  }

  write(position: ArrayLike<number>): void {
    this.#truth.write((joint) => position[joint]!);
  }
}
