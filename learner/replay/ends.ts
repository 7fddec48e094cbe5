import type { Random } from "../../runtime/random.ts";
import { ENDS, ENDS_KEPT, type Ring } from "./ring.ts";
import { byWeight, type Place, type Pool, type Starts } from "./starts.ts";

/**
 * Sequences that contain the end of an episode: a terminal row, or the last one before the stream broke. Every end alike
 * (of the newest ENDS_KEPT of a robot), at every place in the sequence that there is. Undefined where no episode ended.
 */
export function drawEnd({ starts, length, equal }: Pool, random: Random): Place | undefined {
  const ends = starts.map((each) => knownEnds(each));
  const weights = ends.map(({ from, to }) => (equal ? Math.sign(to - from) : to - from));
  const index = byWeight([...starts.keys()], weights, random);
  if (index === undefined) return undefined;
  const { ring, from, to } = starts[index]!;
  const known = ends[index]!;
  const end = ring.ends[(known.from + random.integer(known.to - known.from)) % ENDS_KEPT]!;
  const first = Math.max(from, end - length + 1);
  const last = Math.min(to - 1, end);
  return { ring, row: first + random.integer(last - first + 1) };
}

/** Which of a ring's ends, counted from 0, a sequence can contain: [from, to). They are in order of their rows. */
function knownEnds({ ring, from: oldest }: Starts): { from: number; to: number } {
  const to = Atomics.load(ring.counters, ENDS);
  let from = Math.max(0, to - ENDS_KEPT);
  for (let above = to; from < above; ) {
    const middle = (from + above) >> 1;
    if (endAt(ring, middle) < oldest) from = middle + 1;
    else above = middle;
  }
  return { from, to };
}

function endAt(ring: Ring, index: number): number {
  return ring.ends[index % ENDS_KEPT]!;
}
