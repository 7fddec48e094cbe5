import { write } from "node:fs";

const MOST_WAITING = 200;

/**
 * Writes to the terminal without ever waiting for it. A terminal that is held (Ctrl-S) or a slow pipe keeps one write in
 * flight, in another thread; meanwhile lines wait in a bounded queue and only the newest picture is kept. When whoever
 * read is gone, output ends and the run goes on.
 */
export class Output {
  readonly #descriptor: number;
  readonly #lines: string[] = [];
  #dropped = 0;
  /** Stays at the bottom of the screen, redrawn in place below the lines. */
  #picture: readonly string[] = [];
  /** How many lines of a picture are on the screen now. */
  #drawn = 0;
  #dirty = false;
  #busy = false;
  #writing: Promise<void> = Promise.resolve();
  #closed = false;

  constructor(descriptor: number) {
    this.#descriptor = descriptor;
  }

  /** Adds a line above the picture. When too many wait the oldest go, and that is said. */
  line(text: string): void {
    this.#lines.push(text);
    if (this.#lines.length > MOST_WAITING) {
      this.#lines.shift();
      this.#dropped++;
    }
    this.#changed();
  }

  /** Replaces the picture. Only for terminals, and no line may be longer than the terminal is wide. */
  draw(picture: readonly string[]): void {
    this.#picture = picture;
    this.#changed();
  }

  /** Resolves true once everything is out, false when that takes longer than `timeoutMs`. */
  async flush(timeoutMs: number): Promise<boolean> {
    let timer: NodeJS.Timeout | undefined;
    const late = new Promise<void>((resolve) => {
      timer = setTimeout(resolve, timeoutMs);
    });
    await Promise.race([this.#writing, late]);
    clearTimeout(timer);
    return !this.#busy;
  }

  #changed(): void {
    this.#dirty = true;
    if (!this.#closed && !this.#busy) this.#writing = this.#drain();
  }

  async #drain(): Promise<void> {
    this.#busy = true;
    while (this.#dirty && !this.#closed) {
      const bytes = Buffer.from(this.#take());
      for (let at = 0; at < bytes.length && !this.#closed; ) at += await this.#write(bytes.subarray(at));
    }
    this.#busy = false;
  }

  #take(): string {
    const erase = this.#drawn > 0 ? `\x1b[${this.#drawn}A\r\x1b[J` : "";
    const lines = this.#dropped > 0 ? [`(${this.#dropped} lines left out)`, ...this.#lines] : this.#lines;
    const text = [...lines, ...this.#picture].map((line) => `${line}\n`).join("");
    this.#drawn = this.#picture.length;
    this.#dropped = 0;
    this.#lines.length = 0;
    this.#dirty = false;
    return erase + text;
  }

  /** How many bytes went out. */
  #write(bytes: Uint8Array): Promise<number> {
    return new Promise((resolve) => {
      write(this.#descriptor, bytes, (error, count) => {
        if (error?.code === "EAGAIN") setTimeout(() => resolve(0), 20);
        else if (error) {
          this.#closed = true;
          resolve(0);
        } else resolve(count);
      });
    });
  }
}
