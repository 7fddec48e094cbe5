import { expect, test } from "vitest";
import { lostAfter } from "../../../drivers/serial/make-driver.ts";
import { RUNTIME_DEFAULTS } from "../../../runtime/defaults.ts";

test.each([
  [8, 10],
  [30, 8],
  [60, 4],
  [500, 3],
])("with %i ms for a reply the bus is lost after %i of them", (slackMs, exchanges) => {
  expect(lostAfter(slackMs)).toBe(exchanges);
});

test("a governor that asks a bus in vain is not taken for one that hangs, up to 100 ms for a reply", () => {
  const { governorHangMs } = RUNTIME_DEFAULTS.supervisor;
  for (let slackMs = 1; slackMs <= 100; slackMs++) {
    expect(slackMs * lostAfter(slackMs)).toBeLessThan(0.7 * governorHangMs);
  }
});
