import * as fs from "node:fs";

/** A line of `marks.jsonl`: what a person said of the episode that ended with a step. */
export interface MarkLine {
  /** Whose numbers these are. */
  readonly stream: string;
  readonly sequence: number;
  readonly mark: string;
  /** ISO 8601 */
  readonly time: string;
}

/** All marks of a file, none when there is no file. Torn and foreign lines are passed over. */
export function readMarks(path: string): MarkLine[] {
  let text: string;
  try {
    text = fs.readFileSync(path, "utf8");
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return [];
    throw error;
  }
  return text.split("\n").flatMap((line) => {
    try {
      const { stream, sequence, mark, time } = JSON.parse(line) as Partial<MarkLine>;
      const isMark = typeof stream === "string" && Number.isSafeInteger(sequence) && typeof mark === "string";
      return isMark && Number.isFinite(Date.parse(time ?? "")) ? [{ stream, sequence, mark, time } as MarkLine] : [];
    } catch {
      return []; // the last one before a power loss
    }
  });
}

/** The lines are on the disk when this returns. Throws when it does not take them. */
export function appendMarks(path: string, marks: readonly MarkLine[]): void {
  if (marks.length === 0) return;
  const lines = marks.map((mark) => `${JSON.stringify(mark)}\n`).join("");
  const file = fs.openSync(path, "a+");
  try {
    const { size } = fs.fstatSync(file);
    const last = Buffer.alloc(1);
    if (size > 0) fs.readSync(file, last, 0, 1, size - 1);
    fs.writeFileSync(file, size > 0 && last.toString() !== "\n" ? `\n${lines}` : lines);
    fs.fdatasyncSync(file);
  } finally {
    fs.closeSync(file);
  }
}
