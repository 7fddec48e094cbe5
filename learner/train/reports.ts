import type { LearnerConfig } from "../config.ts";
import type { Training } from "./training.ts";

/** Asks the training for a report every so many updates. One that fails costs a line, once for each reason. */
export class Reports {
  readonly #training: Training;
  readonly #everyUpdates: number;
  readonly #report: (line: string) => void;
  #error: string | undefined;

  constructor(training: Training, { everyUpdates }: LearnerConfig["report"], report: (line: string) => void) {
    this.#training = training;
    this.#everyUpdates = everyUpdates;
    this.#report = report;
  }

  /** The numbers of the report that is due after `updates`; undefined when none is or it has none. */
  async after(updates: number): Promise<Readonly<Record<string, number>> | undefined> {
    if (this.#everyUpdates === 0 || updates % this.#everyUpdates !== 0) return undefined;
    try {
      const metrics = await this.#training.report(updates);
      this.#error = undefined;
      return metrics;
    } catch (error) {
      const { message } = error as Error;
      if (message !== this.#error) this.#report(`report: ${message}; learning goes on`);
      this.#error = message;
      return undefined;
    }
  }
}
