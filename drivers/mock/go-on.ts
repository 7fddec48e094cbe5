import type { EmulatedBus } from "./emulated-bus.ts";

/** How often a machine that nobody asks is looked at, ms. */
const EVERY_MS = 10;

/**
 * Lets an emulated machine go on while nobody asks anything, as real ones do: what it has to catch up with when a request
 * comes stays small, and nobody waits for its physics. Returns what ends it.
 */
export function goOn(bus: Pick<EmulatedBus, "look" | "silentMs">, everyMs = EVERY_MS): () => void {
  const timer = setInterval(() => {
    if (bus.silentMs >= everyMs) bus.look();
  }, everyMs);
  return () => clearInterval(timer);
}
