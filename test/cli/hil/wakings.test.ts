import { expect, test, vi } from "vitest";
import { Wakings } from "../../../runtime/cli/hil/wakings.ts";

test("what keeps a sleeper from waking is seen, until it ends", () => {
  vi.useFakeTimers();
  try {
    let nowMs = 0;
    const wakings = new Wakings();
    wakings.begin(() => nowMs);
    for (const ms of [10, 10, 35]) {
      nowMs += ms;
      vi.advanceTimersByTime(10);
    }
    wakings.end();
    vi.advanceTimersByTime(100);
    expect(wakings.lateMs).toEqual([0, 0, 25]);
  } finally {
    vi.useRealTimers();
  }
});
