/** Time as the loop sees it. Monotonic ns. */
export interface Clock {
  now(): bigint;
  /** Resolves at `deadline` or, when that has passed, at once. */
  sleepUntil(deadline: bigint): Promise<void>;
}

/** Time that moves only when somebody sleeps: faster than real time, and the same for everyone. */
export class VirtualClock implements Clock {
  #now = 0n;

  now(): bigint {
    return this.#now;
  }

  async sleepUntil(deadline: bigint): Promise<void> {
    if (deadline > this.#now) this.#now = deadline;
  }
}
