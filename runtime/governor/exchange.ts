import type { Answer, Question } from "./inbox.ts";
import type { LoopTimes } from "./loop-times.ts";
import type { GovernorOptions } from "./options.ts";

/** The governor's questions to the policy: which one stands, whether it was answered, and whether anybody is there to. */
export class Exchange {
  readonly #options: Pick<GovernorOptions, "ask" | "inbox" | "settings">;
  readonly #times: LoopTimes;
  #asked = -1;
  #askedMs = 0;
  #taken = -1;
  #surprise: number | undefined;
  /** The question that stood when the policy's process was found gone; undefined while there is one. */
  #goneSince: number | undefined;
  /** Of the newest answer. */
  #version: number | undefined;
  #took: "answer" | "swap" | undefined;
  #starvedInRow = 0;
  #starvedTicks = 0;

  constructor(options: GovernorOptions, times: LoopTimes) {
    this.#options = options;
    this.#times = times;
  }

  /** Whether a question stands. */
  get begun(): boolean {
    return this.#asked >= 0;
  }

  /** Whether the answer to the question that stands was taken. */
  get answered(): boolean {
    return this.#taken === this.#asked;
  }

  /** Whether the policy's process is gone, and no question has been answered since. */
  get gone(): boolean {
    return this.#goneSince !== undefined;
  }

  /** Policy ticks without an answer. */
  get starvedTicks(): number {
    return this.#starvedTicks;
  }

  ask(question: Omit<Question, "tick">): void {
    this.#askedMs = performance.now();
    this.#options.ask({ tick: ++this.#asked, ...question });
  }

  /** The answer to the question that stands, once; undefined when there is none. */
  take(): Answer | undefined {
    const { inbox } = this.#options;
    const answer = inbox.answer;
    if (answer?.tick !== this.#asked || this.answered) return undefined;
    this.#taken = this.#asked;
    if (this.#goneSince !== undefined && this.#asked > this.#goneSince) this.#goneSince = undefined;
    const tookMs = inbox.answeredMs - this.#askedMs;
    this.#times.add("answer", tookMs);
    this.#took = this.#version === undefined || answer.policyVersion === this.#version ? "answer" : "swap";
    if (this.#took === "swap") this.#times.add("swapAnswer", tookMs);
    this.#version = answer.policyVersion;
    this.#surprise = answer.surprise;
    return answer;
  }

  /** Whether an answer was taken, or ("swap") the first of another policy; once. */
  takeTook(): "answer" | "swap" | undefined {
    const took = this.#took;
    this.#took = undefined;
    return took;
  }

  /** Of the newest answer, nats, once. */
  takeSurprise(): number | undefined {
    const surprise = this.#surprise;
    this.#surprise = undefined;
    return surprise;
  }

  /** Waits until the question that stands is answered; throws after `lockstepTimeoutMs`. */
  async wait(signal: AbortSignal): Promise<void> {
    const { inbox, settings } = this.#options;
    const limit = { timeoutMs: settings.lockstepTimeoutMs, missing: `an answer to question ${this.#asked}` };
    await inbox.until(() => inbox.answer?.tick === this.#asked, signal, limit);
  }

  /** Counts a policy tick without an answer; how many there were in a row. */
  starve(): number {
    this.#starvedTicks++;
    return ++this.#starvedInRow;
  }

  /** An answer was of use. */
  feed(): void {
    this.#starvedInRow = 0;
  }

  /** No answer will come until the policy has another process. */
  lose(): void {
    this.#goneSince = this.#asked;
  }

  /** What the dead still answered moves nothing any more. */
  disown(): void {
    this.#taken = this.#asked;
  }

  /** The machine stands still: what was missed is of no matter. */
  forgive(): void {
    this.#starvedInRow = 0;
    this.#goneSince = undefined;
  }
}
