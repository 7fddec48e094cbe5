/** Time for a line: monotonic ms, and something that happens later. */
export interface Timers {
  now(): number;
  /** Returns what calls it off. */
  after(ms: number, act: () => void): () => void;
}

/**
 * The process's own. When the thread was busy, a timer would fire before the bytes that came meanwhile are looked at; so
 * each first lets the input have its turn.
 */
export const realTimers: Timers = {
  now: () => performance.now(),
  after: (ms, act) => {
    let immediate: NodeJS.Immediate | undefined;
    const timer = setTimeout(() => {
      immediate = setImmediate(act);
    }, ms);
    return () => {
      clearTimeout(timer);
      if (immediate !== undefined) clearImmediate(immediate);
    };
  },
};
