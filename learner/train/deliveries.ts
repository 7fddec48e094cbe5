import type { Delivery } from "../link/listener.ts";

interface Waiting {
  readonly delivery: Delivery;
  readonly end: number;
}

/** Rows of a broker that are taken in and not yet durable, by stream: the broker keeps them until they are. */
export class Deliveries {
  readonly #waiting = new Map<string, Waiting[]>();

  /** The rows end before step `end`, and every step before `durable` is on the disk. */
  add(stream: string, delivery: Delivery, end: number, durable: number): void {
    const waiting = this.#waiting.get(stream);
    if (end <= durable) delivery.done();
    else if (waiting === undefined) this.#waiting.set(stream, [{ delivery, end }]);
    else waiting.push({ delivery, end });
  }

  durable(stream: string, next: number): void {
    const waiting = this.#waiting.get(stream) ?? [];
    for (const { delivery, end } of waiting) if (end <= next) delivery.done();
    const left = waiting.filter(({ end }) => end > next);
    if (left.length > 0) this.#waiting.set(stream, left);
    else this.#waiting.delete(stream);
  }
}
