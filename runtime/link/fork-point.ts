/**
 * Finds where two copies of one robot's directory part, step by step that a learner has: what both made before is the same and
 * was sent by the other. Each answer halves what is left.
 */
export class ForkPoint {
  /** Every step below is the same in both. */
  #same: number;
  /** This one is not, nor any after it. */
  #differs: number;
  #isLost = false;

  /** `same` is at most `differs`. */
  constructor(same: number, differs: number) {
    this.#same = same;
    this.#differs = Math.max(same, differs);
  }

  /** First step that differs; the first that may, where the learner does not say more. Undefined while there is more to ask. */
  get found(): number | undefined {
    return this.#isLost || this.#same === this.#differs ? this.#same : undefined;
  }

  /** The step to compare next. */
  get asked(): number {
    return Math.floor((this.#same + this.#differs) / 2);
  }

  /** `isSame`: undefined where one of the two does not have the step any more. */
  hear(sequence: number, isSame: boolean | undefined): void {
    if (isSame === undefined || sequence !== this.asked) this.#isLost = true;
    else if (isSame) this.#same = sequence + 1;
    else this.#differs = sequence;
  }
}
