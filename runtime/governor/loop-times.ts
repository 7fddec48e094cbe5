import { Histogram, type Percentiles } from "./histogram.ts";

/**
 * What a loop spends its time on: how late ticks begin, reading, the policy's answer, writing, the whole tick; and of
 * these the ticks that took an answer, the first answer of another policy and the ticks that took such a one.
 */
export const LOOP_PARTS = [
  "lateness",
  "read",
  "answer",
  "write",
  "tick",
  "answerTick",
  "swapAnswer",
  "swapTick",
] as const;
export type LoopPart = (typeof LOOP_PARTS)[number];

export type LoopReport = Readonly<Record<LoopPart, Percentiles>>;

/** Histograms of every part of the loop, wall time. */
export class LoopTimes {
  readonly #histograms: Readonly<Record<LoopPart, Histogram>> = {
    lateness: new Histogram(),
    read: new Histogram(),
    answer: new Histogram(),
    write: new Histogram(),
    tick: new Histogram(),
    answerTick: new Histogram(),
    swapAnswer: new Histogram(),
    swapTick: new Histogram(),
  };

  add(part: LoopPart, ms: number): void {
    this.#histograms[part].add(ms);
  }

  report(): LoopReport {
    const { lateness, read, answer, write, tick, answerTick, swapAnswer, swapTick } = this.#histograms;
    return {
      lateness: lateness.percentiles(),
      read: read.percentiles(),
      answer: answer.percentiles(),
      write: write.percentiles(),
      tick: tick.percentiles(),
      answerTick: answerTick.percentiles(),
      swapAnswer: swapAnswer.percentiles(),
      swapTick: swapTick.percentiles(),
    };
  }
}
