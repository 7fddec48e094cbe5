/** A process that a run needs. */
export interface Part {
  /** Resolves when others can rely on it. */
  readonly ready: Promise<void>;
  /** Resolves when it has ended; never rejects. */
  readonly ended: Promise<Ending>;
  /** Asks it to end in order. May be called repeatedly. */
  stop(): void;
  /** Ends it at once. */
  kill(): void;
}

export interface Ending {
  /** Why, when that was not on purpose. */
  readonly failure: string | undefined;
  /** Starting it again would only fail the same way. */
  readonly final: boolean;
}

export interface KeeperOptions {
  readonly name: string;
  readonly start: () => Part;
  /** One line for a person. */
  readonly note: (text: string) => void;
  /** How long it may take to end in order, before it is ended at once. */
  readonly stopMs: number;
  readonly mostRestarts?: number;
  /** A part that lived this long has not failed "in a row". */
  readonly calmMs?: number;
  /** Before the first restart; doubles with each in a row. */
  readonly delayMs?: number;
  /** Monotonic: a run does not notice that the time of day jumps. */
  readonly nowMs?: () => number;
}

/** Keeps a part running: starts it again when it dies by itself, a few times in a row at most. */
export class Keeper {
  /** Resolves when the part was ready for the first time. */
  readonly ready: Promise<void>;
  /** Resolves when the part has ended for good: on purpose, or given up. */
  readonly ended: Promise<Ending>;
  readonly #options: Required<KeeperOptions>;
  #part: Part;
  #stopping = false;
  #wake = () => {};
  #becomeReady = () => {};

  constructor(options: KeeperOptions) {
    this.#options = { mostRestarts: 5, calmMs: 60_000, delayMs: 500, nowMs: () => performance.now(), ...options };
    this.#part = options.start();
    this.ready = new Promise((resolve) => {
      this.#becomeReady = resolve;
    });
    void this.#part.ready.then(this.#becomeReady);
    this.ended = this.#keep();
  }

  async #keep(): Promise<Ending> {
    const { name, start, note, mostRestarts, calmMs, delayMs, nowMs } = this.#options;
    let restarts = 0;
    let began = nowMs();
    for (;;) {
      const ending = await this.#part.ended;
      if (this.#stopping || ending.failure === undefined || ending.final) return ending;
      if (nowMs() - began > calmMs) restarts = 0;
      if (restarts === mostRestarts) {
        return { failure: `${ending.failure}; given up after ${restarts} restarts in a row`, final: true };
      }
      note(`${name}: ${ending.failure}; starting it again`);
      await this.#sleep(delayMs * 2 ** restarts++);
      if (this.#stopping) return ending;
      began = nowMs();
      this.#part = start();
      void this.#part.ready.then(this.#becomeReady);
    }
  }

  #sleep(ms: number): Promise<void> {
    return new Promise((resolve) => {
      const timer = setTimeout(resolve, ms);
      this.#wake = () => {
        clearTimeout(timer);
        resolve();
      };
    });
  }

  /** Ends the part in order, or at once when that takes too long. */
  async stop(): Promise<Ending> {
    const { name, note, stopMs } = this.#options;
    this.#stopping = true;
    this.#wake();
    this.#part.stop();
    const timer = setTimeout(() => {
      note(`${name}: not stopped after ${stopMs / 1000} s, ending it at once`);
      this.#part.kill();
    }, stopMs);
    const ending = await this.ended;
    clearTimeout(timer);
    return ending;
  }

  kill(): void {
    this.#stopping = true;
    this.#wake();
    this.#part.kill();
  }
}
