/** Steps whose mean is where a run starts from, and steps of the mean that is watched. */
export const FIRST_STEPS = 1000;
export const WINDOW_STEPS = 6000;

/** Watches whether a run loses what it had learned: the mean reward of the newest steps against its own best so far. */
export class RewardDrop {
  readonly #collapse: number;
  readonly #values = new Float64Array(WINDOW_STEPS);
  #sum = 0;
  #count = 0;
  #first = 0;
  #best = Number.NEGATIVE_INFINITY;

  /** `collapse`: share of (best − first) whose loss is a collapse. */
  constructor(collapse: number) {
    this.#collapse = collapse;
  }

  add(reward: number): void {
    const slot = this.#count % WINDOW_STEPS;
    this.#sum += reward - this.#values[slot]!;
    this.#values[slot] = reward;
    this.#count++;
    if (this.#count === FIRST_STEPS) this.#first = this.#sum / FIRST_STEPS;
    if (this.#count >= WINDOW_STEPS) this.#best = Math.max(this.#best, this.#sum / WINDOW_STEPS);
  }

  /** "rewardDrop" in units of reward and "collapsed" as 0 or 1; nothing before the window is full. */
  metrics(): Record<string, number> {
    if (this.#count < WINDOW_STEPS) return {};
    const drop = this.#best - this.#sum / WINDOW_STEPS;
    const collapsed = this.#best > this.#first && drop > this.#collapse * (this.#best - this.#first);
    return { rewardDrop: drop, collapsed: collapsed ? 1 : 0 };
  }
}
