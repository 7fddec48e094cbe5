import { expect, test } from "vitest";
import { rhythmOf } from "../../../runtime/cli/chaos/rhythm.ts";
import type { MotorEvent } from "../../../runtime/cli/failures/motor-events.ts";

const at = (ms: number, what = "command"): MotorEvent => ({ timeNs: BigInt(Math.round(ms * 1e6)), pid: 1, what });
const every10 = (fromMs: number, toMs: number) =>
  Array.from({ length: (toMs - fromMs) / 10 }, (_, i) => at(fromMs + 10 * i));

test("a steady loop misses nothing, and a gap is counted by its whole periods", () => {
  const steady = every10(0, 3000);
  expect(rhythmOf(steady, [], 10)).toMatchObject({ missedTicks: 0, worstGapMs: 10, holds: 0 });
  const late = steady.filter(({ timeNs }) => timeNs <= 2_000_000_000n || timeNs >= 2_050_000_000n);
  expect(rhythmOf(late, [], 10)).toMatchObject({ missedTicks: 4, worstGapMs: 50 });
});

test("from a kill until the robot moves steadily again nothing counts, neither gap nor end state", () => {
  const events = [
    ...every10(0, 2000),
    at(2010, "limp"),
    ...every10(4000, 4100),
    at(4110, "limp"),
    ...every10(4500, 8000),
  ];
  const rhythm = rhythmOf(events, [2_000_000_000n], 10);
  expect(rhythm).toMatchObject({ missedTicks: 0, worstGapMs: 10, holds: 0 });
  expect(rhythm.watchedSeconds).toBeCloseTo(1.5 + 3, 1);
  expect(rhythmOf(events, [], 10)).toMatchObject({ holds: 2 });
});
