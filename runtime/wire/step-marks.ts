/** What a person said of an episode, beside rows on the wire: the step it ended with, the word, Unix time in ms. */
export type WireMark = readonly [sequence: number, mark: string, timeMs: number];

const WORD = /^[a-z][a-z -]{0,31}$/;
/** The last moment that a date can say, ms (ECMA-262, 21.4.1.1). */
const MOST_MS = 8.64e15;

/** What a robot said of its rows' marks, none when it says nothing. Throws on what is not a list of marks. */
export function stepMarks(value: unknown): readonly WireMark[] {
  if (value === undefined || value === null) return [];
  if (!Array.isArray(value)) throw new Error(`marks: expected a list, found ${JSON.stringify(value)}`);
  for (const mark of value) {
    const [sequence, word, timeMs] = Array.isArray(mark) ? mark : [];
    const isMark = Number.isSafeInteger(sequence) && sequence >= 0 && typeof word === "string" && WORD.test(word);
    if (!isMark || !Number.isFinite(timeMs) || Math.abs(timeMs) > MOST_MS) {
      throw new Error(`marks: expected a step, a word and a time, found ${JSON.stringify(mark)}`);
    }
  }
  return value;
}
