import { type LineSettings, SERIAL_DEFAULTS } from "./defaults.ts";
import type { Port } from "./port.ts";
import { realTimers, type Timers } from "./timers.ts";

/** Reads the answer to one request. */
export interface Collector {
  /** Looks at everything received and not yet used; returns how many bytes are done with. */
  take(bytes: Uint8Array): number;
  /** Nothing more is awaited. */
  readonly done: boolean;
  /** Whether anybody answered validly. */
  readonly heard: boolean;
}

/** How an exchange ended. "lost": the bus is gone, or not open. */
export type Outcome = "done" | "timeout" | "lost";

export type LineState = "closed" | "open" | "lost";

/** Counts since the line was made. */
export interface LineCounts {
  exchanges: number;
  timeouts: number;
  /** Bytes that nobody had asked for. */
  strayBytes: number;
  /** Sent bytes that came back changed: two talked at once. */
  brokenEchoes: number;
  losses: number;
}

/** The longest answer: a fast sync read of many servos, and noise before it. */
const BUFFER_BYTES = 8192;
const BITS_PER_BYTE = 10;

/**
 * Half-duplex request and reply over a port: one exchange at a time, each with a deadline from what its bytes need on the
 * wire. After a timeout everything received is dropped, which is how it gets back into step. When `lostAfter` exchanges in
 * a row stay without any answer, or the port says so itself, the bus is lost: exchanges end at once as "lost", and the port
 * is opened again and again until that works.
 */
export class Line {
  readonly port: Port;
  readonly counts: LineCounts = { exchanges: 0, timeouts: 0, strayBytes: 0, brokenEchoes: 0, losses: 0 };
  /** Called with each change, and why. */
  onState: (state: LineState, reason: string) => void = () => {};
  readonly #settings: LineSettings;
  readonly #timers: Timers;
  readonly #buffer = new Uint8Array(BUFFER_BYTES);
  #length = 0;
  #state: LineState = "closed";
  #echo = false;
  /** What comes back of what was sent, and how much of it has. */
  #sent: Uint8Array = new Uint8Array(0);
  #echoed = 0;
  #tail: Promise<unknown> = Promise.resolve();
  #collector: Collector | undefined;
  #finish: ((outcome: Outcome) => void) | undefined;
  /** When everything sent so far has left, ms. */
  #wireFree = 0;
  #silent = 0;
  #callOff: (() => void) | undefined;

  constructor(port: Port, settings: Partial<LineSettings> = {}, timers: Timers = realTimers) {
    this.port = port;
    this.#settings = { ...SERIAL_DEFAULTS.line, ...settings };
    this.#timers = timers;
    const { echo } = this.#settings;
    if (!["auto", "yes", "no"].includes(echo)) {
      throw new Error(`echo: expected one of auto, yes, no, found "${echo}"`);
    }
  }

  get state(): LineState {
    return this.#state;
  }

  get name(): string {
    return this.port.name;
  }

  /** `probe` is a request that no servo answers, to see whether it comes back. Throws the port's reason. */
  async open(probe: Uint8Array): Promise<void> {
    if (this.#state === "open") return;
    await this.close();
    await this.#openPort();
    this.#enter("open", "opened");
    this.#echo = this.#settings.echo === "yes";
    if (this.#settings.echo === "auto") this.#echo = await this.#comesBack(probe);
  }

  async close(): Promise<void> {
    this.#callOff?.();
    this.#callOff = undefined;
    const was = this.#state;
    this.#state = "closed";
    this.#end("lost");
    await this.port.close();
    if (was !== "closed") this.onState("closed", "closed");
  }

  /**
   * Sends `request` once the exchanges before it are over and hands what comes to `collector`, until that is done or
   * `replyBytes` from servos that may think for `thinkUs` in all would have been there.
   */
  exchange(request: Uint8Array, collector: Collector, replyBytes: number, thinkUs = 0): Promise<Outcome> {
    const outcome = this.#tail.then(() => this.#exchange(request, collector, replyBytes, thinkUs));
    this.#tail = outcome.then((end) => (end === "timeout" ? this.#settle() : undefined));
    return outcome;
  }

  /** Sends what nobody answers. */
  send(request: Uint8Array): Promise<Outcome> {
    return this.exchange(request, NOTHING, 0);
  }

  /** The port's speed, once the exchanges so far are over. */
  setBaud(baud: number): Promise<void> {
    const done = this.#tail.then(() => this.port.setBaud(baud));
    this.#tail = done.catch(() => {});
    return done;
  }

  #openPort(): Promise<void> {
    this.#silent = 0;
    this.#wireFree = this.#timers.now();
    return this.port.open({
      onBytes: (bytes) => this.#receive(bytes),
      onLost: (reason) => this.#lose(reason.message),
    });
  }

  async #comesBack(probe: Uint8Array): Promise<boolean> {
    let same = 0;
    const collector = {
      take: (bytes: Uint8Array) => {
        while (same < bytes.length && bytes[same] === probe[same]) same++;
        return 0;
      },
      get done() {
        return same === probe.length;
      },
      heard: true,
    };
    const { exchanges, timeouts } = this.counts;
    const isBack = (await this.exchange(probe, collector, probe.length)) === "done";
    Object.assign(this.counts, { exchanges, timeouts }); // silence is no fault here
    return isBack;
  }

  #exchange(request: Uint8Array, collector: Collector, replyBytes: number, thinkUs: number): Promise<Outcome> {
    if (this.#state !== "open") return Promise.resolve("lost");
    this.counts.exchanges++;
    return new Promise((resolve) => {
      const byteMs = (1000 * BITS_PER_BYTE) / this.port.baud;
      const now = this.#timers.now();
      this.#wireFree = Math.max(now, this.#wireFree) + request.length * byteMs;
      const waitMs = this.#wireFree - now + replyBytes * byteMs + thinkUs / 1000 + this.#settings.slackMs;
      this.#length = 0;
      this.#sent = request;
      this.#echoed = this.#echo ? 0 : request.length;
      this.#collector = collector;
      let callOff: (() => void) | undefined;
      this.#finish = (outcome) => {
        this.#finish = undefined;
        this.#collector = undefined;
        callOff?.();
        resolve(outcome);
      };
      this.port.write(request);
      if (this.#finish !== undefined && collector.done && this.#echoed === request.length) this.#end("done");
      else if (this.#finish !== undefined) callOff = this.#timers.after(waitMs, () => this.#timedOut(collector));
    });
  }

  #settle(): Promise<void> {
    const { settleMs } = this.#settings;
    return new Promise((resolve) => (settleMs > 0 ? this.#timers.after(settleMs, resolve) : resolve()));
  }

  #timedOut(collector: Collector): void {
    this.counts.timeouts++;
    this.#silent = collector.heard ? 0 : this.#silent + 1;
    this.#end("timeout");
    if (this.#silent >= this.#settings.lostAfter) this.#lose(`no valid reply to ${this.#silent} requests in a row`);
  }

  #receive(bytes: Uint8Array): void {
    const collector = this.#collector;
    if (collector === undefined) {
      this.counts.strayBytes += bytes.length;
      return;
    }
    const fresh = bytes.subarray(this.#stripEcho(bytes));
    if (this.#length + fresh.length > this.#buffer.length) this.#length = 0; // a babbling bus
    const fits = fresh.subarray(0, this.#buffer.length - this.#length);
    this.#buffer.set(fits, this.#length);
    this.#length += fits.length;
    if (fits.length > 0) {
      const used = collector.take(this.#buffer.subarray(0, this.#length));
      this.#buffer.copyWithin(0, used, this.#length);
      this.#length -= used;
    }
    if (!collector.done || this.#echoed < this.#sent.length) return;
    if (collector.heard) this.#silent = 0;
    if (collector !== NOTHING) this.#wireFree = this.#timers.now();
    this.counts.strayBytes += this.#length;
    this.#end("done");
  }

  /** How many of `bytes` are what was sent. */
  #stripEcho(bytes: Uint8Array): number {
    const echo = Math.min(bytes.length, this.#sent.length - this.#echoed);
    for (let i = 0; i < echo; i++) {
      if (bytes[i] === this.#sent[this.#echoed + i]) continue;
      this.counts.brokenEchoes++;
      break;
    }
    this.#echoed += echo;
    return echo;
  }

  #end(outcome: Outcome): void {
    this.#finish?.(outcome);
  }

  #lose(reason: string): void {
    if (this.#state !== "open") return;
    this.counts.losses++;
    this.#enter("lost", reason);
    this.#end("lost");
    this.#reopen(this.#settings.reopenMs);
  }

  #reopen(pauseMs: number): void {
    this.#callOff = this.#timers.after(pauseMs, () => void this.#tryToOpen(pauseMs));
  }

  async #tryToOpen(pauseMs: number): Promise<void> {
    try {
      await this.port.close();
      if (this.#state !== "lost") return;
      await this.#openPort();
    } catch {
      if (this.#state === "lost") this.#reopen(Math.min(2 * pauseMs, this.#settings.reopenMaxMs));
      return;
    }
    if (this.#state === "lost") this.#enter("open", "opened again");
    else await this.port.close();
  }

  #enter(state: LineState, reason: string): void {
    this.#state = state;
    this.onState(state, reason);
  }
}

/** For requests that nobody answers. */
const NOTHING: Collector = { take: (bytes) => bytes.length, done: true, heard: false };
