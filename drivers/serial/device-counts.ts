/** What one device did so far. */
export interface DeviceCount {
  requests: number;
  /** Requests without a valid answer. */
  timeouts: number;
  retries: number;
  /** Answers with a wrong checksum, as far as it can be told whose they were. */
  corrupt: number;
  /** Two answers where one was asked for. */
  duplicates: number;
  /** Positions that were not believed. */
  implausible: number;
  /** Requests that the device itself refused. */
  refusals: number;
}

/** Counts by device, made when first asked for. */
export class DeviceCounts {
  readonly #counts = new Map<number, DeviceCount>();

  of(id: number): DeviceCount {
    let count = this.#counts.get(id);
    if (count === undefined) {
      count = { requests: 0, timeouts: 0, retries: 0, corrupt: 0, duplicates: 0, implausible: 0, refusals: 0 };
      this.#counts.set(id, count);
    }
    return count;
  }

  /** By id. */
  all(): Readonly<Record<number, DeviceCount>> {
    return Object.fromEntries(this.#counts);
  }
}
