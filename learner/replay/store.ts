import type { StepSchema } from "../../runtime/step.ts";

/**
 * What a learner remembers: one ring of rows a robot stream, in shared memory. One thread appends, others sample;
 * nothing is copied between them. Pages that no row has reached cost nothing.
 */

/** Sizes of a stored row, in numbers. */
export interface RowSizes {
  readonly observation: number;
  readonly action: number;
}

/** One robot's rows. Row `n` (counted from 0) lies at `n % slots`. Can be sent to another thread as it is. */
export interface Ring extends RowSizes {
  /** Newest rows that may be sampled. */
  readonly capacity: number;
  readonly slots: number;
  /** [rows ever appended, rows all rings of the store had when this one last grew] */
  readonly counters: Int32Array;
  /** [slots, observation] */
  readonly observations: Float32Array;
  /** [slots, action] the action that led to each observation. */
  readonly actions: Float32Array;
  /** [slots] offset already subtracted. */
  readonly rewards: Float32Array;
  /** [slots] FIRST | TERMINAL */
  readonly flags: Uint8Array;
}

export const FIRST = 1;
export const TERMINAL = 2;

/** One step as it is remembered. */
export interface Row {
  readonly observation: Float32Array;
  readonly action: Float32Array;
  readonly reward: number;
  readonly isFirst: boolean;
  readonly isTerminal: boolean;
}

/** The rows that may be overwritten while another thread copies a sequence out: far more than arrive meanwhile. */
const MARGIN = 4096;

const APPENDED = 0;
const SEEN = 1;

/** The float32 tensors of the schema make the observation, in its order. Throws when there is none. */
export function rowSizes(schema: StepSchema): RowSizes {
  const observation = schema.observation
    .filter((tensor) => tensor.dtype === "float32")
    .reduce((sum, tensor) => sum + tensor.shape.reduce((product, size) => product * size, 1), 0);
  if (observation === 0) throw new Error("replay: expected a float32 tensor in the observation, found none");
  return { observation, action: schema.action.length };
}

export function createRing({ observation, action }: RowSizes, capacity: number): Ring {
  const slots = capacity + MARGIN;
  const floats = (count: number) => new Float32Array(new SharedArrayBuffer(count * Float32Array.BYTES_PER_ELEMENT));
  return {
    observation,
    action,
    capacity,
    slots,
    counters: new Int32Array(new SharedArrayBuffer(2 * Int32Array.BYTES_PER_ELEMENT)),
    observations: floats(slots * observation),
    actions: floats(slots * action),
    rewards: floats(slots),
    flags: new Uint8Array(new SharedArrayBuffer(slots)),
  };
}

/** Rows ever appended. */
export function ringEnd(ring: Ring): number {
  return Atomics.load(ring.counters, APPENDED);
}

/** Oldest row that may still be sampled. */
export function ringStart(ring: Ring): number {
  return Math.max(0, ringEnd(ring) - ring.capacity);
}

/**
 * First row among the newest `count` of the whole store that this ring holds. Exact for a robot that is alone, a little
 * wide where several take turns; a ring that stopped growing ages out.
 */
export function recentStart(ring: Ring, count: number, storeTotal: number): number {
  const age = storeTotal - Atomics.load(ring.counters, SEEN);
  return Math.max(ringStart(ring), ringEnd(ring) - Math.max(0, count - age));
}

/** The rings of all streams. Belongs to the thread that appends. */
export class ReplayStore {
  readonly sizes: RowSizes;
  readonly #capacity: number;
  readonly #rings = new Map<string, Ring>();
  readonly #onRing: (ring: Ring) => void;
  #total = 0;

  /** Keeps `capacity` rows of each stream. `onRing` hears of every new one, before its first row. */
  constructor(sizes: RowSizes, capacity: number, onRing: (ring: Ring) => void = () => {}) {
    this.sizes = sizes;
    this.#capacity = capacity;
    this.#onRing = onRing;
  }

  /** Rows ever appended to all streams. */
  get total(): number {
    return this.#total;
  }

  /** Throws on a row of another size. The arrays are copied. */
  append(stream: string, row: Row): void {
    const { observation, action } = this.sizes;
    if (row.observation.length !== observation || row.action.length !== action) {
      throw new Error(
        `replay: expected ${observation} observation and ${action} action numbers, ` +
          `found ${row.observation.length} and ${row.action.length}`,
      );
    }
    const ring = this.#rings.get(stream) ?? this.#addRing(stream);
    const count = ringEnd(ring);
    const slot = count % ring.slots;
    ring.observations.set(row.observation, slot * observation);
    ring.actions.set(row.action, slot * action);
    ring.rewards[slot] = row.reward;
    ring.flags[slot] = (row.isFirst ? FIRST : 0) | (row.isTerminal ? TERMINAL : 0);
    this.#total++;
    Atomics.store(ring.counters, SEEN, this.#total);
    Atomics.store(ring.counters, APPENDED, count + 1); // last: a sampler never sees a half-written row
  }

  #addRing(stream: string): Ring {
    const ring = createRing(this.sizes, this.#capacity);
    this.#rings.set(stream, ring);
    this.#onRing(ring);
    return ring;
  }
}
