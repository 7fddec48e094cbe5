import type { Observation } from "../task.ts";

/** What the governor asks the policy, once a policy tick. */
export interface Question {
  /** Counts every question of a governor, also those whose answer moves nothing. */
  readonly tick: number;
  /** The belief starts anew. */
  readonly isFirst: boolean;
  readonly observation: Observation;
  /** In force in the tick that led to the observation. */
  readonly previousAction: Float32Array;
}

export interface Answer {
  /** The question it answers. */
  readonly tick: number;
  /** In [−1, 1] when the policy is well; checked by the governor. */
  readonly action: Float32Array;
  readonly policyVersion: number;
  /** KL(posterior‖prior) of the question's observation, nats; 0 while exploring. */
  readonly surprise: number;
}

/** What has arrived for the governor. The realtime loop looks in; the lockstep loop waits. */
export class Inbox {
  #answer: Answer | undefined;
  #answeredMs = 0;
  #through = 0;
  #wake: () => void = () => {};

  /** The newest answer, whichever question it belongs to. */
  get answer(): Answer | undefined {
    return this.#answer;
  }

  /** When the newest answer came, ms on `performance.now()`. */
  get answeredMs(): number {
    return this.#answeredMs;
  }

  /** Steps with a sequence below this may be taken. */
  get through(): number {
    return this.#through;
  }

  deliver(answer: Answer): void {
    this.#answer = answer;
    this.#answeredMs = performance.now();
    this.#wake();
  }

  permit(through: number): void {
    this.#through = Math.max(this.#through, through);
    this.#wake();
  }

  /** Waits until `ready` holds or `signal` aborts. With a limit it throws after `timeoutMs` of wall time, saying what was missing. */
  async until(
    ready: () => boolean,
    signal: AbortSignal,
    limit?: { readonly timeoutMs: number; readonly missing: string },
  ): Promise<void> {
    if (ready() || signal.aborted) return;
    await new Promise<void>((resolve, reject) => {
      const settle = (error?: Error): void => {
        clearTimeout(timer);
        signal.removeEventListener("abort", stop);
        this.#wake = () => {};
        if (error === undefined) resolve();
        else reject(error);
      };
      const stop = (): void => settle();
      const late = ({ missing, timeoutMs }: NonNullable<typeof limit>): void =>
        settle(new Error(`governor: expected ${missing} in ${timeoutMs} ms, found none`));
      const timer = limit && setTimeout(late, limit.timeoutMs, limit);
      signal.addEventListener("abort", stop);
      this.#wake = () => {
        if (ready()) settle();
      };
    });
  }
}
