import { expect, test } from "vitest";
import { addTallies, NO_STEPS, type Tally, tallyStep } from "../../../runtime/governor/tally.ts";
import { fc } from "../../properties.ts";

const anyStep = fc.record({
  reward: fc.double({ min: -10, max: 10, noNaN: true }),
  stage: fc.constantFrom("lying", "walking", ""),
  speed: fc.double({ min: -1, max: 1, noNaN: true }),
});
const sum = (steps: readonly { reward: number; stage: string; speed: number }[]): Tally =>
  steps.reduce((tally, { reward, stage, speed }) => addTallies(tally, tallyStep(reward, stage, speed)), NO_STEPS);

test("however steps are put together, it comes to their means and counts", () => {
  fc.assert(
    fc.property(fc.array(anyStep, { minLength: 1 }), fc.nat(), (steps, cut) => {
      const at = cut % steps.length;
      const tally = addTallies(sum(steps.slice(0, at)), sum(steps.slice(at)));
      const mean = (values: number[]) => values.reduce((a, b) => a + b, 0) / steps.length;
      expect(tally.rewardSteps).toBe(steps.length);
      expect(tally.rewardMean).toBeCloseTo(mean(steps.map(({ reward }) => reward)), 9);
      expect(tally.speedMean).toBeCloseTo(mean(steps.map(({ speed }) => speed)), 9);
      for (const stage of ["lying", "walking"]) {
        expect(tally.stageSteps[stage] ?? 0).toBe(steps.filter((step) => step.stage === stage).length);
      }
      expect(Object.keys(tally.stageSteps)).not.toContain("");
    }),
  );
});

test("a task without speed has none, and no steps have no mean", () => {
  expect(addTallies(tallyStep(1, "", undefined), tallyStep(3, "", undefined))).toEqual({
    rewardMean: 2,
    rewardSteps: 2,
    stageSteps: {},
    speedMean: undefined,
  });
  expect(addTallies(NO_STEPS, NO_STEPS)).toEqual(NO_STEPS);
});
