import { expect, test } from "vitest";
import { RealtimeClock, VirtualClock } from "../../runtime/clock.ts";

test("virtual time moves only by sleeping, and never back", async () => {
  const clock = new VirtualClock();
  await clock.sleepUntil(5_000_000n);
  await clock.sleepUntil(3_000_000n);
  expect(clock.now()).toBe(5_000_000n);
});

test.each([0, 100, 3000])(
  "with %i µs of spinning a realtime sleep never ends early, and one that is over lets others run",
  async (spinUs) => {
    const clock = new RealtimeClock({ spinUs });
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
  },
);

test("without spinning the thread sleeps to the deadline, and with it it is awake before", async () => {
  const cpuOf = async (spinUs: number): Promise<number> => {
    const clock = new RealtimeClock({ blockMs: 40, spinUs });
    const before = process.cpuUsage();
    for (let i = 0; i < 5; i++) await clock.sleepUntil(clock.now() + 20_000_000n);
    const { user, system } = process.cpuUsage(before);
    return (user + system) / 1e3;
  };
  expect(await cpuOf(20_000)).toBeGreaterThan(2 * (await cpuOf(0)));
});
