import { Recent } from "../train/recent.ts";

/** How much of its range a robot's actions use, over the newest steps. */
export class ActionUse {
  readonly #saturated: number;
  readonly #sizes: Recent;
  readonly #shares: Recent;

  /** From size `saturated` on a number of an action counts as at its end. */
  constructor({ saturated, actionSteps }: { readonly saturated: number; readonly actionSteps: number }) {
    this.#saturated = saturated;
    this.#sizes = new Recent(actionSteps);
    this.#shares = new Recent(actionSteps);
  }

  add(action: Float32Array): void {
    let [size, ends] = [0, 0];
    for (const value of action) {
      size += Math.abs(value);
      if (Math.abs(value) >= this.#saturated) ends++;
    }
    this.#sizes.add(size / action.length);
    this.#shares.add(ends / action.length);
  }

  /** "action/size" and "action/saturated"; nothing before the first step. */
  metrics(): Record<string, number> {
    const [size, saturated] = [this.#sizes.mean, this.#shares.mean];
    return size === undefined ? {} : { "action/size": size, "action/saturated": saturated! };
  }
}
