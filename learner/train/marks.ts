import { appendMarks, type MarkLine, readMarks } from "../../runtime/log/mark-file.ts";
import type { WireMark } from "../../runtime/wire/step-marks.ts";

/** What people said of a run's episodes, each mark once: in a file, and counted. Nothing is learned from it. */
export class Marks {
  readonly #path: string;
  readonly #report: (line: string) => void;
  readonly #known = new Set<string>();
  readonly #counts = { worked: 0, failed: 0 };

  /** Throws when the file is there and cannot be read. */
  constructor(path: string, report: (line: string) => void) {
    this.#path = path;
    this.#report = report;
    for (const line of readMarks(path)) this.#count(line);
  }

  /** Those of rows just taken that are new. */
  add(stream: string, marks: readonly WireMark[]): void {
    const lines = marks
      .map(([sequence, mark, timeMs]) => ({ stream, sequence, mark, time: new Date(timeMs).toISOString() }))
      .filter((line) => this.#count(line));
    try {
      appendMarks(this.#path, lines);
    } catch (error) {
      this.#report(`marks: ${(error as Error).message}`);
    }
  }

  /** How often people said of an episode that it worked or failed, in the whole run; empty before they said anything. */
  metrics(): Record<string, number> {
    const { worked, failed } = this.#counts;
    return this.#known.size === 0 ? {} : { "marks/worked": worked, "marks/failed": failed };
  }

  /** False for one that was counted before. */
  #count({ stream, sequence, mark }: MarkLine): boolean {
    const key = `${stream} ${sequence} ${mark}`;
    if (this.#known.has(key)) return false;
    this.#known.add(key);
    if (mark === "worked" || mark === "failed") this.#counts[mark]++;
    return true;
  }
}
