import { expect, test } from "vitest";
import { rewardTerms } from "../../../robots/a1/reward.ts";
import { totalReward } from "../../../robots/quadruped/reward.ts";
import { fc } from "../../properties.ts";

const HOME = [0, 0.9, -1.8];
const STAND = [0, 0.8691738, -1.6283919];

/** A body heading along x whose up axis has the third component `up`. */
const facing = (up: number) => ({ up: [0, Math.sqrt(1 - up * up), up] as const, heading: [1, 0] as const });
const legs = (leg: readonly number[]) => [...leg, ...leg, ...leg, ...leg];

// Worked from DayDreamer's reward for a body that heads along x.
test.each([
  { up: -1, leg: HOME, v: [0, 0, 0], reward: 5, is: "on the back" },
  { up: 0, leg: HOME, v: [0, 0, 0], reward: 5.5, is: "on the side" },
  { up: 0.35, leg: HOME, v: [0, 0, 0], reward: 5.675, is: "not yet upright enough for the joints to count" },
  { up: 1, leg: HOME, v: [0, 0, 0], reward: 8.82559, is: "standing at home" },
  { up: 1, leg: STAND, v: [0, 0, 0], reward: 9, is: "the perfect stand" },
  { up: 1, leg: STAND, v: [0.15, 0, 0], reward: 11.5, is: "walking at half speed" },
  { up: 1, leg: STAND, v: [0.3, 0, 0], reward: 14, is: "walking" },
  { up: 1, leg: STAND, v: [0.3, 0.1, 0], reward: 13.74342, is: "drifting aside" },
  { up: 1, leg: STAND, v: [-0.3, 0, 0], reward: 9, is: "walking backwards" },
  { up: 1, leg: [0, 2.5, -2.6], v: [0, 0, 0], reward: 7.41673, is: "thighs too far off for the calves to count" },
])("$is is worth $reward", ({ up, leg, v, reward }) => {
  expect(totalReward(rewardTerms(facing(up), legs(leg), v))).toBeCloseTo(reward, 5);
});

test("it lies between 5 and 14 whatever the robot does", () => {
  const number = fc.double({ min: -20, max: 20, noNaN: true });
  fc.assert(
    fc.property(
      fc.double({ min: -1, max: 1, noNaN: true }),
      fc.array(number, { minLength: 12, maxLength: 12 }),
      fc.tuple(number, number, number),
      (up, position, velocity) => {
        const reward = totalReward(rewardTerms(facing(up), position, velocity));
        expect(reward).toBeGreaterThanOrEqual(5);
        expect(reward).toBeLessThanOrEqual(14 + 1e-9);
      },
    ),
  );
});
