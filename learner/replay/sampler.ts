import type { Random } from "../../runtime/random.ts";
import type { Batch } from "../train/trainer.ts";
import { FIRST, type Ring, recentStart, ringEnd, ringStart, TERMINAL } from "./store.ts";

export interface SamplerSettings {
  /** Sequences of a batch. */
  readonly batch: number;
  /** Steps of a sequence. */
  readonly length: number;
  /** Share of a batch drawn from the newest `recentSteps`; one sequence is always the very newest. */
  readonly recentShare: number;
  readonly recentSteps: number;
}

/** Start rows a sequence may have in one ring: [from, to). */
interface Starts {
  readonly ring: Ring;
  readonly from: number;
  readonly to: number;
}

/**
 * Draws a batch of sequences of consecutive rows, each of one robot's stream: the very newest, then `recentShare` of the
 * batch among the newest rows, the rest uniform over every start. Row 0 of each is marked first, whatever it was.
 * Undefined when no stream is long enough yet.
 */
export function sampleBatch(rings: readonly Ring[], settings: SamplerSettings, random: Random): Batch | undefined {
  const { batch, length, recentSteps } = settings;
  const total = rings.reduce((sum, ring) => sum + ringEnd(ring), 0);
  const all = rings
    .map((ring) => ({ ring, from: ringStart(ring), to: ringEnd(ring) - length + 1 }))
    .filter(({ from, to }) => to > from);
  if (all.length === 0) return undefined;
  const recent = all
    .map((starts) => ({ ...starts, from: Math.max(starts.from, recentStart(starts.ring, recentSteps, total)) }))
    .filter(({ from, to }) => to > from);
  const recentCount = Math.max(1, Math.round(batch * settings.recentShare));

  const out = emptyBatch(rings[0]!, settings);
  for (let b = 0; b < batch; b++) {
    const pool = b < recentCount && recent.length > 0 ? recent : all;
    const [ring, row] = b === 0 ? newest(pool, random) : draw(pool, random);
    copySequence(ring, row, out, b, settings);
  }
  return out;
}

function newest(pool: readonly Starts[], random: Random): [Ring, number] {
  const { ring, to } = pool[random.integer(pool.length)]!;
  return [ring, to - 1];
}

function draw(pool: readonly Starts[], random: Random): [Ring, number] {
  let index = random.integer(pool.reduce((sum, { from, to }) => sum + to - from, 0));
  for (const { ring, from, to } of pool) {
    if (index < to - from) return [ring, from + index];
    index -= to - from;
  }
  throw new Error(`replay: start ${index} lies beyond the pool`);
}

function emptyBatch({ observation, action }: Ring, { batch, length }: SamplerSettings): Batch {
  return {
    observation: new Float32Array(length * batch * observation),
    previousAction: new Float32Array(length * batch * action),
    reward: new Float32Array(length * batch),
    isFirst: new Float32Array(length * batch),
    isTerminal: new Float32Array(length * batch),
  };
}

/** Writes rows [row, row + length) into column `b` of the time-major batch. */
function copySequence(ring: Ring, row: number, out: Batch, b: number, { batch, length }: SamplerSettings): void {
  const { observation, action } = ring;
  for (let t = 0; t < length; t++) {
    const slot = (row + t) % ring.slots;
    const at = t * batch + b;
    const flags = ring.flags[slot]!;
    out.observation.set(ring.observations.subarray(slot * observation, (slot + 1) * observation), at * observation);
    out.previousAction.set(ring.actions.subarray(slot * action, (slot + 1) * action), at * action);
    out.reward[at] = ring.rewards[slot]!;
    out.isFirst[at] = t === 0 || flags & FIRST ? 1 : 0;
    out.isTerminal[at] = flags & TERMINAL ? 1 : 0;
  }
}
