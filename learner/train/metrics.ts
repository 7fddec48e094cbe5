import { appendFile } from "node:fs/promises";
import type { StreamReport } from "./stream-record.ts";

/** One line of `metrics.jsonl`. */
export interface MetricsLine {
  /** ISO 8601 */
  readonly time: string;
  readonly steps: number;
  readonly updates: number;
  readonly ratio: number | undefined;
  readonly updateMs: number | undefined;
  /** Reward per step as the task gives it, mean of the last 1000 and 6000 steps. */
  readonly reward1000: number | undefined;
  readonly reward6000: number | undefined;
  readonly policyVersion: number;
  /** By name, as learner/README.md explains them. */
  readonly metrics: Readonly<Record<string, number>>;
  /** Each robot that came since the process started, by stream. */
  readonly streams: Readonly<Record<string, StreamReport>>;
}

/** Lines appended to a file, in order and off the caller's path. Those a disk does not take are gone, which is said once. */
export class MetricsFile {
  readonly #path: string;
  readonly #report: (line: string) => void;
  #writing: Promise<void> = Promise.resolve();
  #failing = false;

  constructor(path: string, report: (line: string) => void) {
    this.#path = path;
    this.#report = report;
  }

  add(line: MetricsLine): void {
    this.#writing = this.#writing.then(() => this.#append(`${JSON.stringify(line)}\n`));
  }

  close(): Promise<void> {
    return this.#writing;
  }

  async #append(text: string): Promise<void> {
    try {
      await appendFile(this.#path, text);
      this.#failing = false;
    } catch (error) {
      if (!this.#failing)
        this.#report(`metrics: ${(error as Error).message}; lines are left out until they can be written`);
      this.#failing = true;
    }
  }
}
