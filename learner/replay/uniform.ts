import type { Random } from "../../runtime/random.ts";
import type { Place, Pool } from "./starts.ts";

/** Every start alike; with equal robots, every one of a robot's. */
export function drawUniform({ starts, equal }: Pool, random: Random): Place {
  if (equal) {
    const { ring, from, to } = starts[random.integer(starts.length)]!;
    return { ring, row: from + random.integer(to - from) };
  }
  let index = random.integer(starts.reduce((sum, { from, to }) => sum + to - from, 0));
  for (const { ring, from, to } of starts) {
    if (index < to - from) return { ring, row: from + index };
    index -= to - from;
  }
  throw new Error(`replay: start ${index} lies beyond the pool`);
}

/** The last sequence of a robot's. */
export function drawNewest({ starts }: Pool, random: Random): Place {
  const { ring, to } = starts[random.integer(starts.length)]!;
  return { ring, row: to - 1 };
}
