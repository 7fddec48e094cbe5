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
 * The machine's monotonic clock. Timers wake up to a millisecond late, so the last `blockMs` before a deadline the thread
 * itself sleeps, which ends on time and costs nothing. Messages that come meanwhile wait for the next sleep.
 */
export class RealtimeClock implements Clock {
  readonly #blockNs: bigint;
  readonly #never = new Int32Array(new SharedArrayBuffer(4));

  constructor({ blockMs = 1 } = {}) {
    this.#blockNs = BigInt(Math.round(blockMs * 1e6));
  }

  now(): bigint {
    return process.hrtime.bigint();
  }

  async sleepUntil(deadline: bigint): Promise<void> {
    const timerMs = Number((deadline - this.#blockNs - this.now()) / 1_000_000n);
    if (timerMs >= 1) await new Promise((resolve) => setTimeout(resolve, timerMs));
    else await new Promise(setImmediate);
    for (let left = deadline - this.now(); left > 0n; left = deadline - this.now()) {
      if (left > 2n * this.#blockNs) await new Promise(setImmediate);
      else Atomics.wait(this.#never, 0, 0, Number(left) / 1e6);
    }
  }
}
