import type { Socket } from "node:net";

/** How a line carries bytes. */
export interface LineQuality {
  /** Nothing moves. */
  readonly stalled: boolean;
  readonly delayMs: number;
  readonly bytesPerSecond: number;
}

/** So much is taken before the one who talks is let wait. */
const MOST_HELD_BYTES = 256 * 1024;
const LOOK_MS = 5;
/** A slow line gets a part of what waits at a time, of this time's worth. */
const SLICE_MS = 50;
/** A line that is faster is not slow. */
const FAST = 1e9;

/** Carries what one socket says to another, in order, as well as the line does at the moment. */
export class OneWay {
  readonly #from: Socket;
  readonly #to: Socket;
  readonly #quality: () => LineQuality;
  #waiting: { readonly dueMs: number; readonly bytes: Buffer }[] = [];
  #held = 0;
  #heldUntilMs = 0;
  #ended = false;
  /** Bytes that may go now on a slow line. */
  #credit = 0;
  #lookedMs = performance.now();
  readonly #timer: NodeJS.Timeout;

  constructor(from: Socket, to: Socket, quality: () => LineQuality) {
    this.#from = from;
    this.#to = to;
    this.#quality = quality;
    this.#timer = setInterval(() => this.#carry(), LOOK_MS);
    from.on("data", (bytes) => this.#take(bytes as Buffer));
    from.on("end", () => {
      this.#ended = true;
      this.#carry();
    });
  }

  get heldBytes(): number {
    return this.#held;
  }

  /** It still has something to carry although nobody says more. */
  get isHolding(): boolean {
    return this.#heldUntilMs > 0;
  }

  /** Nothing moves for so long; then all of it. */
  hold(forMs: number): void {
    this.#heldUntilMs = performance.now() + forMs;
  }

  close(): void {
    clearInterval(this.#timer);
    this.#waiting = [];
    this.#held = 0;
  }

  #take(bytes: Buffer): void {
    this.#waiting.push({ dueMs: performance.now() + this.#quality().delayMs, bytes });
    this.#held += bytes.length;
    if (this.#held > MOST_HELD_BYTES) this.#from.pause();
    this.#carry();
  }

  #carry(): void {
    const now = performance.now();
    const { stalled, bytesPerSecond } = this.#quality();
    const earned = (Math.min(now - this.#lookedMs, SLICE_MS) * Math.min(bytesPerSecond, FAST)) / 1000;
    this.#credit = Math.min(this.#credit + earned, Math.max(1, (bytesPerSecond * SLICE_MS) / 1000));
    if (bytesPerSecond > FAST) this.#credit = Number.POSITIVE_INFINITY;
    this.#lookedMs = now;
    if (stalled || now < this.#heldUntilMs) return;
    while (this.#waiting.length > 0 && this.#waiting[0]!.dueMs <= now && this.#credit >= 1) {
      const { dueMs, bytes } = this.#waiting.shift()!;
      const count = Math.min(bytes.length, Math.floor(this.#credit));
      if (count < bytes.length) this.#waiting.unshift({ dueMs, bytes: bytes.subarray(count) });
      if (this.#to.writable) this.#to.write(bytes.subarray(0, count));
      this.#credit -= count;
      this.#held -= count;
    }
    if (this.#held <= MOST_HELD_BYTES && this.#from.isPaused()) this.#from.resume();
    if (this.#ended && this.#waiting.length === 0 && this.#to.writable) this.#to.end();
  }
}
