import type { BusTimers } from "./emulated-bus.ts";

/** Shorter than this the thread sleeps instead of waiting for a timer, ms. */
const BLOCK_MS = 2;

interface Waiting {
  readonly atMs: number;
  readonly act: () => void;
  off: boolean;
}

/**
 * Time to a tenth of a ms, for a process that does nothing but emulate a bus: Node's timers are a millisecond late, so the
 * last of a wait the thread itself sleeps, hearing nothing. For other processes it is no good.
 */
export class WireTimers implements BusTimers {
  readonly #waiting: Waiting[] = [];
  readonly #never = new Int32Array(new SharedArrayBuffer(4));
  #timer: NodeJS.Timeout | undefined;

  now(): number {
    return performance.now();
  }

  after(ms: number, act: () => void): () => void {
    const waiting = { atMs: this.now() + ms, act, off: false };
    const before = this.#waiting.findLastIndex(({ atMs }) => atMs <= waiting.atMs);
    this.#waiting.splice(before + 1, 0, waiting);
    this.#arm();
    return () => {
      waiting.off = true;
    };
  }

  #arm(): void {
    const [first] = this.#waiting;
    clearTimeout(this.#timer);
    this.#timer = undefined;
    if (first === undefined) return;
    const ms = first.atMs - this.now();
    if (ms > BLOCK_MS) this.#timer = setTimeout(() => this.#run(), ms - BLOCK_MS);
    else setImmediate(() => this.#run());
  }

  #run(): void {
    const [first] = this.#waiting;
    const ms = (first?.atMs ?? 0) - this.now();
    if (first !== undefined && ms > 0 && ms <= BLOCK_MS) Atomics.wait(this.#never, 0, 0, ms);
    while (this.#waiting.length > 0 && this.#waiting[0]!.atMs <= this.now()) {
      const { act, off } = this.#waiting.shift()!;
      if (!off) act();
    }
    this.#arm();
  }
}
