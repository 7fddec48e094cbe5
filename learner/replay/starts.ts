import type { Random } from "../../runtime/random.ts";
import { type Ring, recentStart, ringEnd, ringStart } from "./ring.ts";

/** Rows of one ring at which a sequence may start: [from, to). */
export interface Starts {
  readonly ring: Ring;
  readonly from: number;
  readonly to: number;
}

/** Where a sequence starts. */
export interface Place {
  readonly ring: Ring;
  readonly row: number;
}

/** What may be drawn, and how a share of it is given to each robot. */
export interface Pool {
  readonly starts: readonly Starts[];
  /** Rows ever appended to all rings. */
  readonly total: number;
  /** Rows of a sequence. */
  readonly length: number;
  /** Every robot alike, however many rows it has. */
  readonly equal: boolean;
}

/** Every start whose sequence is kept as a whole. */
export function allStarts(rings: readonly Ring[], length: number, equal: boolean): Pool {
  const starts = rings
    .map((ring) => ({ ring, from: ringStart(ring), to: ringEnd(ring) - length + 1 }))
    .filter(({ from, to }) => to > from);
  return { starts, total: rings.reduce((sum, ring) => sum + ringEnd(ring), 0), length, equal };
}

/** Those whose sequence begins among the newest `count` rows. */
export function recentStarts(pool: Pool, count: number): Pool {
  const starts = pool.starts
    .map((starts) => ({ ...starts, from: Math.max(starts.from, recentStart(starts.ring, count, pool.total)) }))
    .filter(({ from, to }) => to > from);
  return { ...pool, starts };
}

/** An item by its weight; undefined where none weighs anything. One number is drawn, none where there is no choice. */
export function byWeight<T>(items: readonly T[], weights: readonly number[], random: Random): T | undefined {
  const possible = items.map((item, i) => ({ item, weight: weights[i]! })).filter(({ weight }) => weight > 0);
  if (possible.length <= 1) return possible[0]?.item;
  let at = random.uniform() * possible.reduce((sum, { weight }) => sum + weight, 0);
  for (const { item, weight } of possible) {
    if (at < weight) return item;
    at -= weight;
  }
  return possible.at(-1)!.item; // where sums of fractions do not add up
}
