/** What came and waits for its turn, so much of it at most. One reader. */
export class Mailbox<T> implements AsyncIterable<T> {
  readonly #most: number;
  #items: T[] = [];
  #closed = false;
  #wake: (() => void) | undefined;

  constructor(most: number) {
    this.#most = most;
  }

  /** False when it is full: the item is dropped. */
  push(item: T): boolean {
    if (this.#closed || this.#items.length >= this.#most) return false;
    this.#items.push(item);
    this.#wake?.();
    return true;
  }

  /** Ends the iteration; what waits is dropped. */
  close(): void {
    this.#closed = true;
    this.#items = [];
    this.#wake?.();
  }

  async *[Symbol.asyncIterator](): AsyncGenerator<T> {
    while (!this.#closed) {
      const item = this.#items.shift();
      if (item !== undefined) yield item;
      else {
        await new Promise<void>((resolve) => {
          this.#wake = resolve;
        });
        this.#wake = undefined;
      }
    }
  }
}
