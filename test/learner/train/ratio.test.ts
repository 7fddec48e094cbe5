import { expect, test } from "vitest";
import {
  type Account,
  NEW_ACCOUNT,
  owed,
  pretrained,
  type RatioSettings,
  receive,
  skip,
  spend,
  stepsToNextUpdate,
} from "../../../learner/train/ratio.ts";
import { fc } from "../../properties.ts";

const SETTINGS: RatioSettings = { fill: 20, pretrain: 7, ratio: 0.2, burst: 10 };

const anySettings = fc.record({
  fill: fc.integer({ min: 0, max: 50 }),
  pretrain: fc.integer({ min: 0, max: 20 }),
  ratio: fc.constantFrom(0, 0.05, 0.1, 0.2, 0.3, 0.5, 1, 1.7, 4),
  burst: fc.integer({ min: 5, max: 40 }),
});

function payAll(account: Account, settings: RatioSettings): Account {
  let paid = account;
  while (owed(paid, settings) > 0) paid = spend(paid);
  return paid;
}

test("nothing is owed before the fill, then the pretraining, then one update per five steps", () => {
  const before = receive(NEW_ACCOUNT, 19, SETTINGS);
  expect(owed(before, SETTINGS)).toBe(0);
  const filled = receive(before, 1, SETTINGS);
  expect(owed(filled, SETTINGS)).toBe(7);
  const paid = payAll(filled, SETTINGS);
  expect(owed(receive(paid, 4, SETTINGS), SETTINGS)).toBe(0);
  expect(owed(receive(paid, 5, SETTINGS), SETTINGS)).toBe(1);
});

test("a learner that keeps up makes exactly ratio updates a step, however the steps arrive", () => {
  fc.assert(
    fc.property(anySettings, fc.array(fc.integer({ min: 1, max: 3 }), { maxLength: 200 }), (settings, arrivals) => {
      let account = NEW_ACCOUNT;
      for (const count of arrivals) account = payAll(receive(account, count, settings), settings);
      const { steps } = account;
      const expected =
        steps < settings.fill || arrivals.length === 0
          ? 0
          : settings.pretrain + Math.floor((steps - settings.fill) * settings.ratio + 1e-6);
      // A jump over several steps can earn more than the smallest burst; then the rest is forgiven.
      expect(account.updates + account.forgiven).toBe(expected);
      if (settings.burst >= 3 * settings.ratio) expect(account.forgiven).toBe(0);
    }),
  );
});

test("never more than the burst is owed once pretraining is done, whatever arrives", () => {
  fc.assert(
    fc.property(anySettings, fc.array(fc.integer({ min: 1, max: 5000 }), { minLength: 1 }), (settings, arrivals) => {
      let account = payAll(receive(NEW_ACCOUNT, settings.fill, settings), settings);
      for (const count of arrivals) {
        account = receive(account, count, settings);
        expect(owed(account, settings)).toBeLessThanOrEqual(settings.burst);
      }
    }),
  );
});

test("steps that are skipped earn nothing, but the pretraining is still owed", () => {
  expect(owed(skip(NEW_ACCOUNT, 1000, SETTINGS), SETTINGS)).toBe(SETTINGS.pretrain);
  const paid = payAll(receive(NEW_ACCOUNT, 22, SETTINGS), SETTINGS);
  const resumed = skip(paid, 1000, SETTINGS);
  expect(owed(resumed, SETTINGS)).toBe(0);
  expect(owed(receive(resumed, 5, SETTINGS), SETTINGS)).toBe(1);
});

test("the next update is foreseen to the step", () => {
  fc.assert(
    fc.property(anySettings, fc.integer({ min: 0, max: 200 }), (settings, steps) => {
      const account = payAll(receive(NEW_ACCOUNT, steps, settings), settings);
      const count = stepsToNextUpdate(account, settings, 100);
      expect(owed(receive(account, count - 1, settings), settings)).toBe(0);
      if (count < 100) expect(owed(receive(account, count, settings), settings)).toBeGreaterThan(0);
    }),
  );
});

test("no policy before the pretraining is done", () => {
  let account = receive(NEW_ACCOUNT, 20, SETTINGS);
  for (let i = 0; i < 6; i++) account = spend(account);
  expect(pretrained(account, SETTINGS)).toBe(false);
  expect(pretrained(spend(account), SETTINGS)).toBe(true);
});
