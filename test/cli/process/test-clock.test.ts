import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, test } from "vitest";
import { acceptTestClock, setTestClock, shiftedDate } from "../../../runtime/cli/process/test-clock.ts";

test("the present is off by what is said, noticed after a while; a time that is given is not", () => {
  let [offset, nowMs] = [0, 0];
  const Shifted = shiftedDate(
    Date,
    () => offset,
    () => nowMs,
  );
  const real = Date.now();
  expect(Math.abs(Shifted.now() - real)).toBeLessThan(1000);
  offset = -3_600_000;
  nowMs = 100;
  expect(Math.abs(Shifted.now() - real + 3_600_000)).toBeLessThan(1000);
  expect(Math.abs(new Shifted().getTime() - real + 3_600_000)).toBeLessThan(1000);
  expect(new Shifted(5).getTime()).toBe(5);
  expect(new Shifted(5)).toBeInstanceOf(Date);
  expect(Shifted.parse("1970-01-01T00:00:01Z")).toBe(1000);
});

test("the clock of a process that looks at a file jumps with what is set there", async () => {
  const folder = mkdtempSync(join(tmpdir(), "reverie-clock-"));
  const path = join(folder, "clock");
  const real = Date;
  try {
    acceptTestClock(path);
    expect(Math.abs(Date.now() - real.now())).toBeLessThan(1000);
    setTestClock(path, -3_600_000);
    await expect.poll(() => Math.abs(Date.now() - real.now() + 3_600_000)).toBeLessThan(1000);
  } finally {
    globalThis.Date = real;
    rmSync(folder, { recursive: true });
  }
});
