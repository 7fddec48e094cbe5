import fc from "fast-check";

/** `REVERIE_DRAWS=100` holds each property for a hundred times as many draws, other ones every time. */
const times = Number(process.env.REVERIE_DRAWS ?? 0);

/** How many draws a property is held for whose single one is costly or cheap. Others have a hundred. */
export function draws(usual: number): number {
  return usual * Math.max(1, times);
}

// Else the same ones every time: who changed nothing sees nothing fail.
fc.configureGlobal({ numRuns: draws(100), ...(times === 0 && { seed: 1 }) });

export { fc };
