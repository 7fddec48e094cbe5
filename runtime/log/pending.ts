import type { LogEntry, LogMessage } from "./entry.ts";

/** Entries that were appended and that the operating system does not have yet, with their bytes counted. */
export class Pending {
  readonly #entries: LogEntry[] = [];
  #bytes = 0;

  get entries(): readonly LogEntry[] {
    return this.#entries;
  }

  get bytes(): number {
    return this.#bytes;
  }

  /** Copies the messages. */
  add(sequence: number, timeNs: bigint, messages: readonly LogMessage[]): void {
    const copies = messages.map(({ channel, body }) => ({ channel, body: body.slice() }));
    this.#entries.push({ sequence, timeNs, messages: copies });
    for (const { body } of copies) this.#bytes += body.length;
  }

  /** The oldest `count` of them. */
  drop(count: number): void {
    for (const { messages } of this.#entries.splice(0, count)) {
      for (const { body } of messages) this.#bytes -= body.length;
    }
  }

  dropBelow(sequence: number): void {
    const kept = this.#entries.findIndex((entry) => entry.sequence >= sequence);
    this.drop(kept < 0 ? this.#entries.length : kept);
  }
}
