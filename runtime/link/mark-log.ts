import type { StepMark } from "../ipc.ts";
import { appendMarks, type MarkLine, readMarks } from "../log/mark-file.ts";
import type { WireMark } from "../wire/step-marks.ts";

export interface MarkLogOptions {
  /** Of `marks.jsonl`. */
  readonly path: string;
  readonly stream: string;
  /** The learner holds every step below this. */
  readonly from: number;
  /** No step from this on is in the spool: one that comes may have been here before this process, with its marks. */
  readonly next: number;
  readonly report: (line: string) => void;
}

/**
 * What people said of episodes: on disk for good, each once, and at hand until the learner has the step. A mark is on disk
 * before its step is, so that a step that is there has its marks. Throws when the file cannot be read.
 */
export class MarkLog {
  readonly #options: MarkLogOptions;
  /** Not acked, in the steps' order. */
  #waiting: MarkLine[];
  /** On disk already, although their steps are not. */
  readonly #ahead: readonly MarkLine[];

  constructor(options: MarkLogOptions) {
    const { path, stream, from, next } = options;
    const mine = readMarks(path).filter((line) => line.stream === stream && line.sequence >= from);
    this.#options = options;
    this.#waiting = mine.filter(({ sequence }) => sequence < next);
    this.#ahead = mine.filter(({ sequence }) => sequence >= next);
  }

  /** Before the step itself is kept. A disk that does not take them costs the line, not the step. */
  add(stream: string, sequence: number, marks: readonly StepMark[]): void {
    const { path, report } = this.#options;
    const lines = marks
      .filter(({ mark }, i) => marks.findIndex((other) => other.mark === mark) === i)
      .map(({ mark, timeMs }): MarkLine => ({ stream, sequence, mark, time: new Date(timeMs).toISOString() }));
    const known = (line: MarkLine) => this.#ahead.some((old) => old.sequence === sequence && old.mark === line.mark);
    this.#waiting.push(...lines);
    try {
      appendMarks(
        path,
        lines.filter((line) => !known(line)),
      );
    } catch (error) {
      report(`link: marks are not on disk: ${(error as Error).message}`);
    }
  }

  /** Those of `count` steps from `first` on. */
  take(first: number, count: number): WireMark[] {
    return this.#waiting
      .filter(({ sequence }) => sequence >= first && sequence < first + count)
      .map(({ sequence, mark, time }) => [sequence, mark, Date.parse(time)]);
  }

  /** The learner holds every step below `sequence`. */
  forget(sequence: number): void {
    if (this.#waiting.length > 0) this.#waiting = this.#waiting.filter((line) => line.sequence >= sequence);
  }
}
