import type { EventEmitter } from "node:events";

/** One Ctrl-C can arrive twice, from the terminal and through npm; a person's second comes later than this. */
const SAME_SIGNAL_MS = 500;

const SIGNALS = ["SIGINT", "SIGTERM", "SIGHUP"] as const;

/** Calls `onStop` at the first signal to stop and at those a person gives after it. Returns what ends that. */
export function onStopSignals(
  process: EventEmitter,
  onStop: (first: boolean) => void,
  now: () => number = () => performance.now(),
): () => void {
  let firstAt: number | undefined;
  const onSignal = () => {
    const isFirst = firstAt === undefined;
    firstAt ??= now();
    if (isFirst || now() - firstAt > SAME_SIGNAL_MS) onStop(isFirst);
  };
  for (const signal of SIGNALS) process.on(signal, onSignal);
  return () => {
    for (const signal of SIGNALS) process.off(signal, onSignal);
  };
}
