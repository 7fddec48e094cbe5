import { type ContextRows, contextRows, growContextRows } from "./context.ts";
import { growable, growTo } from "./growable.ts";
import { blocksFor } from "./room.ts";
import { pixels, type RowSizes } from "./row.ts";

/**
 * The rows of all streams, in blocks of shared memory: one array a tensor, which grows block by block as rows come. Can be
 * sent to another thread as it is; the arrays grow there too.
 */
export interface Arena extends RowSizes {
  /** Rows of a block, a power of two. */
  readonly blockRows: number;
  /** Most blocks there can be. */
  readonly blocks: number;
  /** [slots, observation] */
  readonly observations: Float32Array;
  /** [slots, action] the action that led to each observation. */
  readonly actions: Float32Array;
  /** [slots] offset already subtracted. */
  readonly rewards: Float32Array;
  /** [slots] FIRST | TERMINAL */
  readonly flags: Uint8Array;
  /** Each [slots, ...shape], in the order of `images`. */
  readonly pixels: readonly Uint8Array[];
  /** Absent where no states are kept. */
  readonly contexts?: ContextRows;
}

/** An arena of no blocks yet that can grow to hold `rows` of one stream. */
export function createArena(sizes: RowSizes, rows: number, blockRows: number): Arena {
  const blocks = blocksFor(rows, blockRows);
  const slots = blocks * blockRows;
  return {
    ...sizes,
    blockRows,
    blocks,
    observations: new Float32Array(growable(slots * sizes.observation * Float32Array.BYTES_PER_ELEMENT)),
    actions: new Float32Array(growable(slots * sizes.action * Float32Array.BYTES_PER_ELEMENT)),
    rewards: new Float32Array(growable(slots * Float32Array.BYTES_PER_ELEMENT)),
    flags: new Uint8Array(growable(slots)),
    pixels: (sizes.images ?? []).map(({ shape }) => new Uint8Array(growable(slots * pixels(shape)))),
    ...(sizes.context && { contexts: contextRows(sizes.context, slots, blocks) }),
  };
}

/** Makes room for `blocks` blocks. */
export function growArena(arena: Arena, blocks: number): void {
  const slots = blocks * arena.blockRows;
  growTo(arena.observations, slots * arena.observation);
  growTo(arena.actions, slots * arena.action);
  growTo(arena.rewards, slots);
  growTo(arena.flags, slots);
  for (const [i, array] of arena.pixels.entries()) growTo(array, slots * pixels(arena.images![i]!.shape));
  if (arena.contexts !== undefined) growContextRows(arena.contexts, arena.context!, slots);
}
