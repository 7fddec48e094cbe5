import { expect, test } from "vitest";
import { REACHER } from "../../robots/reacher/reacher.ts";
import { benchSim } from "../../robots/speed.ts";

test("counts policy steps against the wall clock it is given", async () => {
  let ms = 0;
  const now = () => {
    ms += 10; // every look at the clock: a step takes 10 ms of "wall time"
    return ms;
  };
  const { stepsPerSecond, realTimeFactor } = await benchSim(REACHER, { seconds: 2, now });
  expect(stepsPerSecond).toBeGreaterThan(95);
  expect(stepsPerSecond).toBeLessThan(105);
  expect(realTimeFactor).toBeCloseTo(stepsPerSecond / 20, 9);
});
