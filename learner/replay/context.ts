import { growable, growTo } from "./growable.ts";
import { type Ring, ringEnd, ringStart, slotOf } from "./ring.ts";
import type { ContextSize } from "./row.ts";

/**
 * The recurrent state after each row as an agent last inferred it, so that a sequence need not start from nothing. Written
 * by the thread that trains, where rows are written by the one that appends: a stamp says which rows a state is of.
 */
export interface ContextRows {
  /** [slots, deter] */
  readonly deter: Float32Array;
  /** [slots, groups] the class drawn in each group. */
  readonly stoch: Uint8Array;
  /** [slots] the generation of the block when the state was written; 0: never. */
  readonly stamps: Int32Array;
  /** [blocks] how often a block was given to a ring. */
  readonly generations: Int32Array;
}

/** Sequences' states, [rows, deter] and [rows, groups]. */
export interface Latents {
  readonly deter: Float32Array;
  readonly stoch: Uint8Array;
}

export function contextRows({ deter, groups }: ContextSize, slots: number, blocks: number): ContextRows {
  return {
    deter: new Float32Array(growable(slots * deter * Float32Array.BYTES_PER_ELEMENT)),
    stoch: new Uint8Array(growable(slots * groups)),
    stamps: new Int32Array(growable(slots * Int32Array.BYTES_PER_ELEMENT)),
    generations: new Int32Array(new SharedArrayBuffer(blocks * Int32Array.BYTES_PER_ELEMENT)),
  };
}

export function growContextRows(
  { deter, stoch, stamps }: ContextRows,
  { deter: size, groups }: ContextSize,
  slots: number,
) {
  growTo(deter, slots * size);
  growTo(stoch, slots * groups);
  growTo(stamps, slots);
}

/** Keeps row `at` of `latents` as the state after `row`; a row that is gone is passed over. */
export function writeContext(ring: Ring, row: number, latents: Latents, at: number): void {
  const { contexts, context } = ring;
  if (contexts === undefined || context === undefined) throw new Error("replay: expected room for states, found none");
  const slot = slotOf(ring, row);
  const generation = Atomics.load(contexts.generations, Math.floor(slot / ring.blockRows));
  if (row < ringStart(ring) || row >= ringEnd(ring)) return;
  const { deter, groups } = context;
  contexts.deter.set(latents.deter.subarray(at * deter, (at + 1) * deter), slot * deter);
  contexts.stoch.set(latents.stoch.subarray(at * groups, (at + 1) * groups), slot * groups);
  Atomics.store(contexts.stamps, slot, generation);
}

/** Copies the state after `row` to row `at` of `out`. False where none is known: the row is gone, or was never learned from. */
export function readContext(ring: Ring, row: number, out: Latents, at: number): boolean {
  const { contexts, context } = ring;
  if (contexts === undefined || context === undefined) return false;
  const slot = slotOf(ring, row);
  const generation = Atomics.load(contexts.generations, Math.floor(slot / ring.blockRows));
  if (row < ringStart(ring) || row >= ringEnd(ring) || Atomics.load(contexts.stamps, slot) !== generation) return false;
  const { deter, groups } = context;
  out.deter.set(contexts.deter.subarray(slot * deter, (slot + 1) * deter), at * deter);
  out.stoch.set(contexts.stoch.subarray(slot * groups, (slot + 1) * groups), at * groups);
  return true;
}
