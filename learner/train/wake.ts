/** Lets one loop sleep until something happens. What happens while it is awake is not forgotten. */
export class Wake {
  #happened = false;
  #resume = () => {};

  notify(): void {
    this.#happened = true;
    this.#resume();
  }

  /** Resolves at the next notify, or when there was one since the last wait, or after `timeoutMs`. */
  async wait(timeoutMs: number): Promise<void> {
    if (!this.#happened) {
      await new Promise<void>((resolve) => {
        const timer = setTimeout(resolve, timeoutMs);
        this.#resume = () => {
          clearTimeout(timer);
          resolve();
        };
      });
    }
    this.#happened = false;
  }
}
