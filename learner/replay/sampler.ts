import type { Random } from "../../runtime/random.ts";
import type { Batch } from "../train/trainer.ts";
import { drawEnd } from "./ends.ts";
import { drawRecency } from "./recency.ts";
import { type Ring, ringStart } from "./ring.ts";
import { copySequence, emptySequences, type Sequences, type Wanted } from "./sequences.ts";
import { allStarts, byWeight, type Place, type Pool, recentStarts } from "./starts.ts";
import { drawNewest, drawUniform } from "./uniform.ts";

/** Weights of the ways to draw a sequence. */
export interface Mixture {
  /** Every start alike. */
  readonly uniform: number;
  /** Newer starts rather, see `halfLife`. */
  readonly recency: number;
  /** Sequences in which an episode ends. */
  readonly ends: number;
  /** Age at which a start is half as likely as the newest (recency), steps. */
  readonly halfLife: number;
}

export interface SamplerSettings {
  /** Sequences of a batch. */
  readonly batch: number;
  /** Steps of a sequence. */
  readonly length: number;
  /** Share of a batch drawn from the newest `recentSteps`; one sequence is always the very newest. */
  readonly recentShare: number;
  readonly recentSteps: number;
  /** How the others are drawn; left out: uniformly. */
  readonly mixture?: Mixture;
  /** One of STREAMS; left out: by rows. */
  readonly streams?: string;
}

const UNIFORM: Mixture = { uniform: 1, recency: 0, ends: 0, halfLife: 1 };

/**
 * Draws a batch of sequences of consecutive rows, each of one robot's stream: the very newest, then `recentShare` of the
 * batch among the newest rows, the rest as the mixture says. Row 0 of each is marked first, whatever it was. Undefined when
 * no stream is long enough yet.
 */
export function sampleBatch(rings: readonly Ring[], settings: SamplerSettings, random: Random): Batch | undefined {
  return sampleSequences(rings, settings, random)?.batch;
}

/** The same batch with what else is wanted of it. */
export function sampleSequences(
  rings: readonly Ring[],
  settings: SamplerSettings,
  random: Random,
  wanted: Wanted = {},
): Sequences | undefined {
  const { batch, length, recentShare, recentSteps, streams } = settings;
  const recentCount = Math.max(1, Math.round(batch * recentShare));
  let out: Sequences | undefined;
  for (let b = 0; b < batch; ) {
    const all = allStarts(rings, length, streams === "equal");
    if (all.starts.length === 0) return undefined;
    out ??= emptySequences(all.starts[0]!.ring, settings, wanted);
    const place = b < recentCount ? drawRecent(all, recentSteps, b === 0, random) : drawMixed(all, settings, random);
    copySequence(place, out, b, settings);
    // Where rows were given up meanwhile, others may have been written over them: another draw.
    if (ringStart(place.ring) <= place.row) b++;
  }
  return out;
}

function drawRecent(all: Pool, count: number, newest: boolean, random: Random): Place {
  const recent = recentStarts(all, count);
  const pool = recent.starts.length > 0 ? recent : all;
  return newest ? drawNewest(pool, random) : drawUniform(pool, random);
}

function drawMixed(pool: Pool, { mixture = UNIFORM }: SamplerSettings, random: Random): Place {
  const { uniform, recency, ends, halfLife } = mixture;
  const way = byWeight(["uniform", "recency", "ends"], [uniform, recency, ends], random);
  if (way === "recency") return drawRecency(pool, halfLife, random);
  return (way === "ends" ? drawEnd(pool, random) : undefined) ?? drawUniform(pool, random);
}
