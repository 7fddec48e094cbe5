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
 * itself sleeps, which costs nothing; and as that wakes late by the kernel's timer slack (50 µs on Linux), it wakes
 * `spinUs` early and spins. Messages that come meanwhile wait for the next sleep.
 */
export class RealtimeClock implements Clock {
  readonly #blockNs: bigint;
  readonly #spinNs: bigint;
  readonly #never = new Int32Array(new SharedArrayBuffer(4));

  constructor({ blockMs = 1, spinUs = 0 } = {}) {
    this.#blockNs = BigInt(Math.round(blockMs * 1e6));
    this.#spinNs = BigInt(Math.round(spinUs * 1e3));
  }

  now(): bigint {
    return process.hrtime.bigint();
  }

  async sleepUntil(deadline: bigint): Promise<void> {
    const timerMs = Number((deadline - this.#blockNs - this.now()) / 1_000_000n);
    if (timerMs >= 1) await new Promise((resolve) => setTimeout(resolve, timerMs));
    else await new Promise(setImmediate);
    for (let left = deadline - this.now(); left > 0n; left = deadline - this.now()) {
      if (left > 2n * this.#blockNs + this.#spinNs) await new Promise(setImmediate);
      else if (left > this.#spinNs) Atomics.wait(this.#never, 0, 0, Number(left - this.#spinNs) / 1e6);
      else spin(Number(left) / 1e6);
    }
  }
}

/** On `performance.now()`: unlike the bigints of `hrtime` it leaves nothing to collect. */
function spin(ms: number): void {
  const end = performance.now() + ms;
  while (performance.now() < end);
}
