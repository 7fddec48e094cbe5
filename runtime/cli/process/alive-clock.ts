import type { Clock } from "../../clock.ts";

/**
 * The clock of a loop that says `alive` when it begins to wait for a deadline, at most once in `everyMs` of wall time: a
 * loop that is stuck, in whatever it does, says nothing.
 */
export function aliveClock(clock: Clock, alive: () => void, everyMs: number, wallMs = () => performance.now()): Clock {
  let next = Number.NEGATIVE_INFINITY;
  return {
    now: () => clock.now(),
    sleepUntil: (deadline) => {
      const now = wallMs();
      if (now >= next) {
        next = now + everyMs;
        alive();
      }
      return clock.sleepUntil(deadline);
    },
  };
}
