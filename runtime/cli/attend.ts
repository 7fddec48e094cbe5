import type { Keeper } from "./keeper.ts";
import type { Screen } from "./screen.ts";

/** A keeper with how long its part may take to end in order. */
export interface Attended {
  readonly keeper: Keeper;
  readonly stopMs: number;
}

/** One Ctrl-C can arrive twice, from the terminal and through npm; a person's second comes later than this. */
const SAME_SIGNAL_MS = 500;

/**
 * Stays with a run until a part ends for good or a person stops it (Ctrl-C, SIGTERM, the terminal closing), then ends
 * the parts one after the other in the order given. A second Ctrl-C ends all at once. Returns why it failed, if it did.
 */
export async function attend(parts: readonly Attended[], screen: Screen): Promise<string | undefined> {
  let stop = () => {};
  const asked = new Promise<void>((resolve) => {
    stop = resolve;
  });
  let first: number | undefined;
  const onSignal = () => {
    const now = performance.now();
    if (first === undefined) {
      first = now;
      screen.note("stopping in order: the robot first, then what was learned is saved; Ctrl-C again ends at once");
      stop();
    } else if (now - first > SAME_SIGNAL_MS) {
      for (const { keeper } of parts) keeper.kill();
    }
  };
  const signals = ["SIGINT", "SIGTERM", "SIGHUP"] as const;
  for (const signal of signals) process.on(signal, onSignal);
  try {
    await Promise.race([asked, ...parts.map(({ keeper }) => keeper.ended)]);
    let failure: string | undefined;
    for (const { keeper, stopMs } of parts) {
      const ending = await keeper.stop(stopMs);
      failure ??= ending.failure;
    }
    return failure;
  } finally {
    for (const signal of signals) process.off(signal, onSignal);
  }
}
