import { expect, test } from "vitest";
import { played, playedLines } from "../../runtime/cli/played.ts";
import { NO_STEPS } from "../../runtime/governor/tally.ts";

test("a person reads how well it went, where the time was spent, and how far it got", () => {
  const tally = { rewardMean: 12.345, rewardSteps: 1200, stageSteps: { standing: 240, walking: 960 }, speedMean: 0.5 };
  const summary = played(7, tally, 20);
  expect(summary).toEqual({
    policyVersion: 7,
    steps: 1200,
    seconds: 60,
    rewardMean: 12.345,
    stages: { walking: 0.8, standing: 0.2 },
    speedMean: 0.5,
    distance: 30,
  });
  expect(playedLines(summary)).toEqual([
    "Policy 7: 1,200 steps (0:01:00 of robot time).",
    "Reward per step: 12.35.",
    "Of the time: walking 80 %, standing 20 %.",
    "Forward: 30.0 m, 0.50 m/s in the mean.",
  ]);
});

test("without steps there is nothing to tell", () => {
  expect(playedLines(played(7, NO_STEPS, 20))).toEqual(["Policy 7: 0 steps (0:00:00 of robot time)."]);
});
