import { expect, test } from "vitest";
import { aliveClock } from "../../../runtime/cli/process/alive-clock.ts";
import { VirtualClock } from "../../../runtime/clock.ts";

test("says alive at the first wait and then at most once in its time, and only when somebody waits", async () => {
  let wall = 0;
  const heard: number[] = [];
  const clock = aliveClock(
    new VirtualClock(),
    () => heard.push(wall),
    50,
    () => wall,
  );
  for (let tick = 1; tick <= 30; tick++) {
    await clock.sleepUntil(BigInt(tick) * 5_000_000n);
    wall += 5;
  }
  expect(heard).toEqual([0, 50, 100]);
  wall = 1000; // stuck in between
  clock.now();
  expect(heard.length).toBe(3);
  await clock.sleepUntil(200_000_000n);
  expect(heard.at(-1)).toBe(1000);
  expect(clock.now()).toBe(200_000_000n);
});
