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

/**
 * The machine's monotonic clock. Timers wake up to a millisecond late, so the last `spinMs` before a deadline are spent
 * turning the event loop, which still delivers messages.
 */
export class RealtimeClock implements Clock {
  readonly #spinNs: bigint;

  constructor({ spinMs = 1 } = {}) {
    this.#spinNs = BigInt(Math.round(spinMs * 1e6));
  }

  now(): bigint {
    return process.hrtime.bigint();
  }

  async sleepUntil(deadline: bigint): Promise<void> {
    const timerMs = Number((deadline - this.#spinNs - this.now()) / 1_000_000n);
    if (timerMs >= 1) await new Promise((resolve) => setTimeout(resolve, timerMs));
    do {
      await new Promise(setImmediate);
    } while (this.now() < deadline);
  }
}
