import { RealtimeClock } from "../../clock.ts";
import { RUNTIME_DEFAULTS } from "../../defaults.ts";

/** How late the loop's own sleep wakes on absolute deadlines, ms, and the wall clock's speed beside the monotonic one's. */
export async function measureLateness(
  rateHz: number,
  seconds: number,
): Promise<{ readonly lateMs: readonly number[]; readonly driftPpm: number }> {
  const { blockMs, spinUs } = RUNTIME_DEFAULTS.governor;
  const clock = new RealtimeClock({ blockMs, spinUs });
  const periodNs = BigInt(Math.round(1e9 / rateHz));
  const lateMs: number[] = [];
  const wallBegan = Date.now();
  const began = clock.now();
  const end = began + BigInt(Math.round(seconds * 1e9));
  for (let deadline = began + periodNs; deadline < end; deadline += periodNs) {
    await clock.sleepUntil(deadline);
    const late = clock.now() - deadline;
    lateMs.push(Number(late) / 1e6);
    if (late > periodNs) deadline += periodNs * (late / periodNs);
  }
  const tookMs = Number(clock.now() - began) / 1e6;
  return { lateMs, driftPpm: ((Date.now() - wallBegan) / tookMs - 1) * 1e6 };
}

/** `share` of the values are not above it; NaN of none. */
export function quantile(values: readonly number[], share: number): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(share * sorted.length))] ?? Number.NaN;
}
