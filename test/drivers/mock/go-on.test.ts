import { expect, test, vi } from "vitest";
import { goOn } from "../../../drivers/mock/go-on.ts";

test("a machine goes on while nobody asks, and is not disturbed while somebody does, until it ends", () => {
  vi.useFakeTimers();
  try {
    const bus = { silentMs: 5, look: vi.fn() };
    const end = goOn(bus, 10);
    vi.advanceTimersByTime(30);
    expect(bus.look).toHaveBeenCalledTimes(0);
    bus.silentMs = 10;
    vi.advanceTimersByTime(30);
    expect(bus.look).toHaveBeenCalledTimes(3);
    end();
    vi.advanceTimersByTime(30);
    expect(bus.look).toHaveBeenCalledTimes(3);
  } finally {
    vi.useRealTimers();
  }
});
