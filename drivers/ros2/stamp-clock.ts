/**
 * Says when, on our monotonic clock, a message of another computer was stamped. The offset between both clocks is the
 * smallest difference of arrival and stamp in the last `windowNs`: that of the message that came fastest. So an age is the
 * time a message took beyond the fastest, and a delay that all messages have is not seen. The window lets the offset follow
 * clocks that drift apart, and forget after it a clock that was set back.
 *
 * A message is used when its stamp is newer than all before. The first one is never: a new subscription may get a message
 * of long ago first. Where two in a row are older than the last, but rise, the other clock was set back, and they count.
 */
export class StampClock {
  readonly #halfNs: bigint;
  #last: bigint | undefined;
  /** An old stamp, or the first: used to tell whether the next one rises. */
  #candidate: bigint | undefined;
  #halfBegan = 0n;
  #before: bigint | undefined;
  #now: bigint | undefined;

  constructor(windowNs: bigint) {
    this.#halfNs = windowNs / 2n;
  }

  /** When it was stamped on our clock, ns, never later than it came; undefined where the message is not to be used. */
  take(stampNs: bigint, arrivedNs: bigint): bigint | undefined {
    if (this.#last === undefined || stampNs <= this.#last) {
      const rises = this.#candidate !== undefined && stampNs > this.#candidate;
      this.#candidate = stampNs;
      if (!rises) return undefined;
      this.#before = undefined;
      this.#now = undefined;
      this.#halfBegan = arrivedNs;
    }
    this.#candidate = undefined;
    this.#last = stampNs;
    return stampNs + this.#offset(arrivedNs - stampNs, arrivedNs);
  }

  #offset(difference: bigint, arrivedNs: bigint): bigint {
    if (arrivedNs - this.#halfBegan > this.#halfNs) {
      this.#before = this.#now;
      this.#now = undefined;
      this.#halfBegan = arrivedNs;
    }
    if (this.#now === undefined || difference < this.#now) this.#now = difference;
    return this.#before !== undefined && this.#before < this.#now ? this.#before : this.#now;
  }
}
