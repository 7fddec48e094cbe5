import type { Readable } from "node:stream";

/** Longer than any order. */
const MOST_CHARACTERS = 10_000;

/** Text lines of a stream until `close`; a stream that ends or breaks changes nothing. Of a line too long the end is cut off. */
export class LineReader {
  readonly #input: Readable;
  readonly #onLine: (line: string) => void;
  #rest = "";

  constructor(input: Readable, onLine: (line: string) => void) {
    this.#input = input;
    this.#onLine = onLine;
    input.setEncoding("utf8");
    input.on("data", this.#take);
    input.on("error", this.#broken);
  }

  close(): void {
    this.#input.off("data", this.#take);
    this.#input.pause();
  }

  readonly #broken = (): void => {};

  readonly #take = (chunk: string): void => {
    const lines = (this.#rest + chunk).split("\n");
    this.#rest = lines.pop()!.slice(0, MOST_CHARACTERS);
    for (const line of lines) if (line.trim() !== "") this.#onLine(line.slice(0, MOST_CHARACTERS));
  };
}
