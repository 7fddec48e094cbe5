import { expect, test } from "vitest";
import { StampClock } from "../../../drivers/ros2/stamp-clock.ts";
import { fc } from "../../properties.ts";

const S = 1_000_000_000n;
const MS = 1_000_000n;
/** Between the robot's clock and ours. */
const OFFSET = 1_700_000_000n * S;

const clock = (windowS = 10n): StampClock => new StampClock(windowS * S);

test("the first message is not used, whether it is of now or of long ago", () => {
  const stamps = clock();
  expect(stamps.take(OFFSET - 600n * S, 5n * S)).toBeUndefined();
  expect(stamps.take(OFFSET + 5n * S, 5n * S + MS)).toBe(5n * S + MS);
});

test("a message's age is what it took beyond the fastest", () => {
  const stamps = clock();
  stamps.take(OFFSET, 0n);
  for (let i = 1n; i <= 20n; i++) {
    const delay = i % 5n === 0n ? 40n * MS : 2n * MS;
    const made = i * 50n * MS;
    const arrived = made + delay;
    expect(arrived - stamps.take(OFFSET + made, arrived)!).toBe(delay - 2n * MS);
  }
});

test("a message that comes again, or out of order, is not used", () => {
  const stamps = clock();
  for (let i = 0n; i < 5n; i++) stamps.take(OFFSET + i * S, i * S);
  expect(stamps.take(OFFSET + 4n * S, 5n * S)).toBeUndefined();
  expect(stamps.take(OFFSET + 2n * S, 5n * S)).toBeUndefined();
  expect(stamps.take(OFFSET + 5n * S, 5n * S)).toBe(5n * S);
});

test("after the robot's clock was set back its messages count again from the second one on", () => {
  const stamps = clock();
  for (let i = 0n; i < 5n; i++) stamps.take(OFFSET + i * S, i * S);
  expect(stamps.take(OFFSET - 3600n * S, 5n * S)).toBeUndefined();
  expect(stamps.take(OFFSET - 3599n * S, 6n * S)).toBe(6n * S);
  expect(stamps.take(OFFSET - 3598n * S, 7n * S + MS)).toBe(7n * S);
});

test("a robot's clock that was set forward costs no age, and one that runs slow is followed", () => {
  const stamps = clock(10n);
  let worst = 0n;
  for (let i = 0n; i < 60_000n; i++) {
    const now = i * 10n * MS;
    const made = now - (now * 100n) / 1_000_000n; // 100 ppm slow: 60 ms in the ten minutes
    const at = stamps.take(OFFSET + made, now);
    if (at !== undefined && now - at > worst) worst = now - at;
  }
  expect(worst).toBeLessThan(2n * MS);
  expect(stamps.take(OFFSET + 4000n * S, 601n * S)).toBe(601n * S);
});

test("whatever comes, a message in use was not made after it came, and its time rises", () => {
  const anyMessages = fc.array(fc.tuple(fc.bigInt(-5n, 20n), fc.bigInt(0n, 30n)), { minLength: 2, maxLength: 60 });
  fc.assert(
    fc.property(anyMessages, (messages) => {
      const stamps = clock(1n);
      let [stamp, now, last] = [OFFSET, 0n, -1n];
      for (const [aged, waited] of messages) {
        stamp += aged * 10n * MS;
        now += waited * 10n * MS;
        const at = stamps.take(stamp, now);
        if (at === undefined) continue;
        expect(at <= now).toBe(true);
        last = at;
      }
      expect(last <= now).toBe(true);
    }),
  );
});
