import { expect, test } from "vitest";
import { RealtimeClock, VirtualClock } from "../../runtime/clock.ts";

test("virtual time moves only by sleeping, and never back", async () => {
  const clock = new VirtualClock();
  await clock.sleepUntil(5_000_000n);
  await clock.sleepUntil(3_000_000n);
  expect(clock.now()).toBe(5_000_000n);
});

test("a realtime sleep never ends early, and a deadline that has passed lets others run first", async () => {
  const clock = new RealtimeClock();
  for (const ms of [0.2, 1, 3.7]) {
    const deadline = clock.now() + BigInt(Math.round(ms * 1e6));
    await clock.sleepUntil(deadline);
    expect(clock.now() >= deadline).toBe(true);
  }
  let ran = false;
  setImmediate(() => {
    ran = true;
  });
  await clock.sleepUntil(clock.now() - 1n);
  expect(ran).toBe(true);
});
