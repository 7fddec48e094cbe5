import { expect, test } from "vitest";
import { stepsToNextStop, Turns } from "../../../learner/train/lockstep.ts";
import { type Account, NEW_ACCOUNT, owed, receive, spend } from "../../../learner/train/ratio.ts";
import { fc } from "../../properties.ts";

test("a robot let go from stop to stop meets every update and every policy at the step it is due", () => {
  fc.assert(
    fc.property(
      fc.record({
        fill: fc.integer({ min: 1, max: 40 }),
        pretrain: fc.integer({ min: 1, max: 9 }),
        ratio: fc.constantFrom(0.1, 0.2, 0.3, 0.5, 1, 2),
        burst: fc.constant(100),
        publishSteps: fc.integer({ min: 1, max: 30 }),
      }),
      (settings) => {
        let account: Account = NEW_ACCOUNT;
        let published: number | undefined;
        while (account.steps < 200) {
          while (owed(account, settings) > 0) account = spend(account);
          const ready = account.steps >= settings.fill;
          if (ready && (published === undefined || account.steps - published >= settings.publishSteps)) {
            if (published !== undefined) expect(account.steps - published).toBe(settings.publishSteps);
            published = account.steps;
          }
          const steps = stepsToNextStop(account, published, settings);
          expect(steps).toBeGreaterThan(0);
          expect(owed(receive(account, steps - 1, settings), settings)).toBe(0);
          account = receive(account, steps, settings);
        }
        expect(published).toBeDefined();
      },
    ),
  );
});

test("it is the learner's turn only when it holds all that the robot has taken or may take", () => {
  const turns = new Turns();
  expect(turns.isLearners(100)).toBe(false);
  turns.join("a", 7);
  expect(turns.isLearners(6)).toBe(false);
  expect(turns.isLearners(7)).toBe(true);
  turns.permit(12);
  expect(turns.isLearners(11)).toBe(false);
  turns.join("a", 9);
  expect([turns.permitted, turns.isLearners(11), turns.isLearners(12)]).toEqual([12, false, true]);
  turns.join("b", 0);
  expect([turns.permitted, turns.isLearners(0)]).toEqual([0, true]);
});
