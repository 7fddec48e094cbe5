import { Keeper, type KeeperOptions } from "./keeper.ts";
import type { Controls } from "./keyboard/controls.ts";
import { listen } from "./keyboard/listen.ts";
import type { Screen } from "./screen.ts";

/** One Ctrl-C can arrive twice, from the terminal and through npm; a person's second comes later than this. */
const SAME_SIGNAL_MS = 500;

/**
 * Starts the parts of a run in the order given, each when the one before it is ready, and stays until one ends for good
 * or a person stops it (Ctrl-C, SIGTERM, the terminal closing); then ends them in the reverse order. A second Ctrl-C ends
 * all at once. Returns why the run failed, if it did. `controls`: where a robot is, what people at it want is heard.
 */
export async function attend(
  parts: readonly KeeperOptions[],
  screen: Screen,
  controls?: Controls,
): Promise<string | undefined> {
  const keepers: Keeper[] = [];
  let stop = () => {};
  const asked = new Promise<void>((resolve) => {
    stop = resolve;
  });
  let first: number | undefined;
  let forced = false;
  const onSignal = () => {
    const now = performance.now();
    if (first === undefined) {
      first = now;
      screen.note("stopping in order; Ctrl-C again ends at once");
      stop();
    } else if (now - first > SAME_SIGNAL_MS) {
      forced = true;
      for (const keeper of keepers) keeper.kill();
    }
  };
  const onPause = () => screen.note("Ctrl-Z does not stop the robot; Ctrl-C does");
  const signals = ["SIGINT", "SIGTERM", "SIGHUP"] as const;
  for (const signal of signals) process.on(signal, onSignal);
  process.on("SIGTSTP", onPause);
  const stopOnce = () => {
    if (first === undefined) onSignal();
  };
  const deaf = controls && listen(controls, screen, { stop: stopOnce, interrupt: onSignal, suspend: onPause });
  try {
    const over = () => Promise.race([asked, ...keepers.map(({ ended }) => ended)]).then(() => true);
    for (const part of parts) {
      const keeper = new Keeper(part);
      keepers.unshift(keeper);
      if (await Promise.race([over(), keeper.ready.then(() => false)])) break;
    }
    await over();
    let failure: string | undefined;
    for (const keeper of keepers) failure ??= (await keeper.stop()).failure;
    return forced ? "ended at once, as asked: what was learned since the last checkpoint is lost" : failure;
  } finally {
    deaf?.();
    for (const signal of signals) process.off(signal, onSignal);
    process.off("SIGTSTP", onPause);
  }
}
