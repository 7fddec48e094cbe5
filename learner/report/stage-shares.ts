/** How many steps robots spent in each stage of their task since the last `take`. */
export class StageShares {
  readonly #steps = new Map<string, number>();
  #down: string | undefined;

  /** The stage of a robot that fell, where its task has one. */
  setDown(stage: string | undefined): void {
    this.#down = stage;
  }

  /** Steps whose stage is not known are "" and do not count. */
  add(stage: string, steps: number): void {
    if (stage !== "") this.#steps.set(stage, (this.#steps.get(stage) ?? 0) + steps);
  }

  /** "stage/name" for every stage seen so far, and "upright", the share not spent down; nothing when there were no steps. */
  take(): Record<string, number> {
    const total = [...this.#steps.values()].reduce((sum, steps) => sum + steps, 0);
    if (total === 0) return {};
    const shares: Record<string, number> = {};
    for (const [stage, steps] of this.#steps) {
      shares[`stage/${stage}`] = steps / total;
      this.#steps.set(stage, 0);
    }
    if (this.#down !== undefined) shares.upright = 1 - (shares[`stage/${this.#down}`] ?? 0);
    return shares;
  }
}
