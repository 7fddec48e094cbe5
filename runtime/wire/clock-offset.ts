/** What four readings of two clocks tell: the request left and the answer came on ours, in between it was at the peer's. All s. */
export interface RoundTrip {
  readonly sent: number;
  readonly peerReceived: number;
  readonly peerSent: number;
  readonly received: number;
}

/** How a peer's monotonic clock stands to ours, at a moment of ours. */
export interface OffsetReport {
  /** Peer's clock less ours, s. The truth is within `error` of it, however unequal the two ways are. */
  readonly offset: number;
  readonly error: number;
  /** How much faster the peer's clock runs, s a s; 0 while that is not known. */
  readonly drift: number;
  /** Of the round trip that counts, without the time the peer held it, s. */
  readonly roundTrip: number;
}

interface Sample {
  /** Ours, in the middle. */
  readonly at: number;
  readonly offset: number;
  /** The truth is within it of `offset`. */
  readonly error: number;
  readonly delay: number;
}

/** Two quartz clocks part by less than this, s a s; a clock that is steered to another's rate too (adjtimex(2): 500 ppm). */
const MOST_DRIFT = 6e-4;
/** Newest round trips among which the best is looked for. */
const WINDOW = 64;
/** The best of each so many seconds is remembered for the drift, for so many of them. */
const SPAN_SECONDS = 20;
const SPANS = 45;
/** A round trip that contradicts all before by more than this means that a clock was set anew (a machine slept). */
const STEP_SLACK = 1e-3;

/**
 * How a peer's monotonic clock stands to ours, from round trips as in RFC 5905, section 8: the offset of one is
 * ((peerReceived − sent) + (peerSent − received)) / 2, off by at most half its delay and what the clocks
 * may part by while the peer holds it. The one with the least error counts; between round trips it goes on with the drift.
 * Wall clocks play no part.
 */
export class ClockOffset {
  #window: Sample[] = [];
  /** The best of each span, the newest last. */
  #spans: Sample[] = [];
  #drift = { rate: 0, error: MOST_DRIFT };

  /** False for one that no clocks can give; it is passed over. */
  add({ sent, peerReceived, peerSent, received }: RoundTrip): boolean {
    const held = peerSent - peerReceived;
    const delay = received - sent - held;
    const offset = (peerReceived - sent + (peerSent - received)) / 2;
    const slack = MOST_DRIFT * held; // the peer's clock may run slow or fast while it holds the message
    if (!Number.isFinite(offset) || !(delay >= -slack) || received < sent || held < 0) return false;
    const sample = { at: (sent + received) / 2, offset, error: Math.max(0, delay) / 2 + slack, delay };
    if (this.#contradicts(sample)) this.#forget();
    this.#window.push(sample);
    if (this.#window.length > WINDOW) this.#window.shift();
    this.#remember(sample);
    return true;
  }

  /** At `now` of our clock; undefined before the first round trip. */
  at(now: number): OffsetReport | undefined {
    const { rate, error } = this.#drift;
    let best: OffsetReport | undefined;
    for (const { at, offset, delay, error: own } of this.#window) {
      const total = own + error * Math.abs(now - at);
      if (best !== undefined && total >= best.error) continue;
      best = { offset: offset + rate * (now - at), error: total, drift: rate, roundTrip: delay };
    }
    return best;
  }

  #contradicts({ at, offset, error }: Sample): boolean {
    const expected = this.at(at);
    if (expected === undefined) return false;
    return Math.abs(offset - expected.offset) > error + expected.error + STEP_SLACK;
  }

  #forget(): void {
    this.#window = [];
    this.#spans = [];
    this.#drift = { rate: 0, error: MOST_DRIFT };
  }

  #remember(sample: Sample): void {
    const last = this.#spans.at(-1);
    const span = ({ at }: Sample): number => Math.floor(at / SPAN_SECONDS);
    if (last === undefined || span(last) !== span(sample)) this.#spans.push(sample);
    else if (sample.error < last.error) this.#spans[this.#spans.length - 1] = sample;
    if (this.#spans.length > SPANS) this.#spans.shift();
    this.#drift = this.#driftNow();
  }

  /** The slope between two spans' best, of the pair that leaves the least doubt: both may be off by their errors. */
  #driftNow(): { readonly rate: number; readonly error: number } {
    let found = { rate: 0, error: MOST_DRIFT };
    const newest = this.#spans.at(-1)!;
    for (const old of this.#spans) {
      const error = (old.error + newest.error) / (newest.at - old.at);
      const rate = (newest.offset - old.offset) / (newest.at - old.at);
      if (error < found.error && Math.abs(rate) <= MOST_DRIFT) found = { rate, error };
    }
    return found;
  }
}
