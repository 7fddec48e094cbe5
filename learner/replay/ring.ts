import type { Arena } from "./arena.ts";

/**
 * One robot's rows, counted from 0: a chain of an arena's blocks. One thread appends, others read. Can be sent to another
 * thread as it is.
 */
export interface Ring extends Arena {
  readonly stream: string;
  /** See APPENDED, SEEN, START, ENDS. */
  readonly counters: Int32Array;
  /** [blocks] where the rows lie: the n-th block of the ring is the arena's block `table[n % blocks]`. */
  readonly table: Int32Array;
  /** [ENDS_KEPT] the newest rows at which an episode ended, the n-th at n % ENDS_KEPT. */
  readonly ends: Int32Array;
}

export const FIRST = 1;
export const TERMINAL = 2;

/** Places in `counters`: rows ever appended; */
export const APPENDED = 0;
/** rows all rings of the store had when this one last grew; */
export const SEEN = 1;
/** the oldest row that is kept; */
export const START = 2;
/** rows ever at which an episode ended. */
export const ENDS = 3;

export const ENDS_KEPT = 16_384;

export function createRing(arena: Arena, stream: string): Ring {
  const ints = (count: number) => new Int32Array(new SharedArrayBuffer(count * Int32Array.BYTES_PER_ELEMENT));
  return { ...arena, stream, counters: ints(4), table: ints(arena.blocks), ends: ints(ENDS_KEPT) };
}

/** Rows ever appended. */
export function ringEnd(ring: Ring): number {
  return Atomics.load(ring.counters, APPENDED);
}

/** Oldest row that may still be read. Where this has passed a row that was copied out, the copy is not to be trusted. */
export function ringStart(ring: Ring): number {
  return Atomics.load(ring.counters, START);
}

/** Rows that are kept, by stream. */
export function ringRows(rings: readonly Ring[]): Record<string, number> {
  return Object.fromEntries(rings.map((ring) => [ring.stream, ringEnd(ring) - ringStart(ring)]));
}

/** Where a row lies in the arena's arrays. */
export function slotOf({ table, blocks, blockRows }: Ring, row: number): number {
  const block = Math.floor(row / blockRows);
  return table[block % blocks]! * blockRows + (row - block * blockRows);
}

/**
 * First row among the newest `count` of the whole store that this ring holds. Exact for a robot that is alone, a little
 * wide where several take turns; a ring that stopped growing ages out.
 */
export function recentStart(ring: Ring, count: number, storeTotal: number): number {
  return Math.max(ringStart(ring), ringEnd(ring) - Math.max(0, count - ringAge(ring, storeTotal)));
}

/** Rows the store has got since this ring last did. */
export function ringAge(ring: Ring, storeTotal: number): number {
  return storeTotal - Atomics.load(ring.counters, SEEN);
}
