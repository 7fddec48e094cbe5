import type { Batch } from "../train/trainer.ts";
import { type Latents, readContext } from "./context.ts";
import { FIRST, type Ring, slotOf, TERMINAL } from "./ring.ts";
import { pixels } from "./row.ts";
import type { Place } from "./starts.ts";

/** What a batch holds besides numbers. Nothing is copied that was not asked for. */
export interface Wanted {
  /** The images that are kept. */
  readonly images?: boolean;
  /** States to start sequences from, where they are kept. */
  readonly context?: boolean;
}

/** A batch of sequences, and what goes with it. */
export interface Sequences {
  readonly batch: Batch;
  /** Where each came from. */
  readonly places: Place[];
  /** By name, each [B, T, ...shape] uint8. Empty when not asked for. */
  readonly images: Readonly<Record<string, Uint8Array>>;
  /**
   * The state before each sequence, [B, deter] and [B, groups]. Where `known` is 1, row 0 goes on from it and is not marked
   * first; where it is 0, the sequence starts from nothing, as ever. Absent when not asked for.
   */
  readonly context?: Latents & { readonly known: Uint8Array };
}

export interface SequenceSizes {
  readonly batch: number;
  readonly length: number;
}

export function emptySequences(ring: Ring, { batch, length }: SequenceSizes, wanted: Wanted): Sequences {
  const { observation, action, images = [], context } = ring;
  const rows = length * batch;
  return {
    batch: {
      observation: new Float32Array(rows * observation),
      previousAction: new Float32Array(rows * action),
      reward: new Float32Array(rows),
      isFirst: new Float32Array(rows),
      isTerminal: new Float32Array(rows),
    },
    places: [],
    images: wanted.images
      ? Object.fromEntries(images.map(({ name, shape }) => [name, new Uint8Array(rows * pixels(shape))]))
      : {},
    ...(wanted.context &&
      context && {
        context: {
          deter: new Float32Array(batch * context.deter),
          stoch: new Uint8Array(batch * context.groups),
          known: new Uint8Array(batch),
        },
      }),
  };
}

/** Writes the `length` rows from `place` on into column `b`: of the time-major batch, and of all that goes with it. */
export function copySequence(place: Place, out: Sequences, b: number, { batch, length }: SequenceSizes): void {
  const { ring, row } = place;
  const { observation, action } = ring;
  const numbers = out.batch;
  out.places[b] = place;
  for (let t = 0; t < length; t++) {
    const slot = slotOf(ring, row + t);
    const at = t * batch + b;
    const flags = ring.flags[slot]!;
    numbers.observation.set(ring.observations.subarray(slot * observation, (slot + 1) * observation), at * observation);
    numbers.previousAction.set(ring.actions.subarray(slot * action, (slot + 1) * action), at * action);
    numbers.reward[at] = ring.rewards[slot]!;
    numbers.isFirst[at] = t === 0 || flags & FIRST ? 1 : 0;
    numbers.isTerminal[at] = flags & TERMINAL ? 1 : 0;
  }
  copyImages(place, out, b, length);
  if (out.context !== undefined) {
    const breaks = (ring.flags[slotOf(ring, row)]! & FIRST) !== 0;
    const known = !breaks && row > 0 && readContext(ring, row - 1, out.context, b);
    out.context.known[b] = known ? 1 : 0;
    numbers.isFirst[b] = known ? 0 : 1;
  }
}

/** Whole runs of rows at once: within a block they lie one behind the other. */
function copyImages({ ring, row }: Place, out: Sequences, b: number, length: number): void {
  ring.images?.forEach(({ name, shape }, i) => {
    const images = out.images[name];
    if (images === undefined) return;
    const size = pixels(shape);
    for (let t = 0; t < length; ) {
      const slot = slotOf(ring, row + t);
      const run = Math.min(length - t, ring.blockRows - (slot % ring.blockRows));
      images.set(ring.pixels[i]!.subarray(slot * size, (slot + run) * size), (b * length + t) * size);
      t += run;
    }
  });
}
