/** How long it sleeps, ms: a servo tick. */
const SLEEP_MS = 10;

/** Does nothing but sleep beside a rehearsal. How late it wakes is how late this machine lets anybody be. */
export class Wakings {
  /** ms, one for each sleep. */
  readonly lateMs: number[] = [];
  #timer: NodeJS.Timeout | undefined;

  begin(now = () => performance.now()): void {
    const due = now() + SLEEP_MS;
    this.#timer = setTimeout(() => {
      this.lateMs.push(Math.max(0, now() - due));
      this.begin(now);
    }, SLEEP_MS);
  }

  end(): void {
    clearTimeout(this.#timer);
  }
}
