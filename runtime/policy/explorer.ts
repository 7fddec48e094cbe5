import type { RUNTIME_DEFAULTS } from "../defaults.ts";
import type { Random } from "../random.ts";

/** Moves a robot that has no policy yet: random actions, often at their extremes, each held long enough to do something. */
export class Explorer {
  readonly #random: Random;
  readonly #settings: typeof RUNTIME_DEFAULTS.policy;
  #action: Float32Array;
  #left = 0;

  constructor(actions: number, random: Random, settings: typeof RUNTIME_DEFAULTS.policy) {
    this.#action = new Float32Array(actions);
    this.#random = random;
    this.#settings = settings;
  }

  /** clip(U(−spread, spread), −1, 1) for every number, kept for holdMin to holdMax ticks. */
  act(): Float32Array {
    const { holdMin, holdMax, spread } = this.#settings;
    if (this.#left === 0) {
      this.#left = holdMin + this.#random.integer(holdMax - holdMin + 1);
      this.#action = this.#action.map(() => Math.min(1, Math.max(-1, spread * (2 * this.#random.uniform() - 1))));
    }
    this.#left--;
    return this.#action;
  }
}
