interface Sent {
  readonly first: number;
  readonly end: number;
  /** Of its images. */
  readonly bytes: number;
  kept: boolean;
}

/** What was sent and is not safe yet: not acked by the learner nor, where there is a broker, on its disk. */
export class SentRows {
  #sent: Sent[] = [];
  /** Every step sent below this is safe. */
  #safe: number;
  /** Of batches that have to be sent again, so that they come out the same. */
  #counts = new Map<number, number>();

  constructor(safe: number) {
    this.#safe = safe;
  }

  get safe(): number {
    return this.#safe;
  }

  /** Of images on their way. */
  get bytes(): number {
    return this.#sent.reduce((sum, { bytes }) => sum + bytes, 0);
  }

  /** Steps that went out together from `first` on before; undefined when they did not. */
  countFrom(first: number): number | undefined {
    return this.#counts.get(first);
  }

  /** Returns what `keep` is to be told. */
  add(first: number, count: number, bytes: number): object {
    const sent = { first, end: first + count, bytes, kept: false };
    this.#sent.push(sent);
    this.#counts.delete(first);
    return sent;
  }

  /** It did not go out after all. */
  remove(sent: object): void {
    this.#sent = this.#sent.filter((other) => other !== sent);
  }

  /** The broker has it. Of one that was given up, nothing is known any more. */
  keep(sent: object): void {
    const found = this.#sent.find((other) => other === sent);
    if (found !== undefined) found.kept = true;
    while (this.#sent[0]?.kept) this.#safe = Math.max(this.#safe, this.#sent.shift()!.end);
  }

  /** The learner has every step below `next`. */
  ack(next: number): void {
    this.#safe = Math.max(this.#safe, next);
    this.#sent = this.#sent.filter(({ end }) => end > next);
  }

  /** Everything from `safe` on has to be sent again. */
  giveUp(): void {
    for (const { first, end } of this.#sent) this.#counts.set(first, end - first);
    this.#sent = [];
  }

  /** Sending begins anew at `from`. */
  restart(from: number): void {
    this.#sent = [];
    this.#counts.clear();
    this.#safe = from;
  }
}
