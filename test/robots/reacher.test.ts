import { expect, test } from "vitest";
import { SimDriver } from "../../drivers/sim/sim-driver.ts";
import { REACHER, tip } from "../../robots/reacher/reacher.ts";
import { VirtualClock } from "../../runtime/clock.ts";
import { Random } from "../../runtime/random.ts";

const task = REACHER.task(REACHER.settings);

/** Mean reward of a second-by-second choice of actions over `seconds`. */
async function meanReward(seconds: number, choose: () => readonly number[]): Promise<number> {
  const clock = new VirtualClock();
  const driver = new SimDriver(REACHER.spec, REACHER.simulation(REACHER.settings), clock);
  await driver.open();
  const { spec } = REACHER;
  const command = {
    position: new Float64Array(2),
    kp: Float64Array.from(spec.joints, (joint) => joint.kp),
    kd: Float64Array.from(spec.joints, (joint) => joint.kd),
  };
  let sum = 0;
  for (let tick = 0; tick < 20 * seconds; tick++) {
    if (tick % 10 === 0) task.mapAction(choose(), command.position);
    await driver.write(command);
    await clock.sleepUntil(clock.now() + 50_000_000n);
    sum += task.reward(await driver.read());
  }
  await driver.close();
  return sum / (20 * seconds);
}

test("the right posture scores far above random ones", async () => {
  const random = new Random(0);
  const wandering = await meanReward(200, () => [2 * random.uniform() - 1, 2 * random.uniform() - 1]);
  // Both links are as long: they open by ±acos(distance / 0.4 m) about the way to the goal.
  const { goalX, goalY } = REACHER.settings;
  const open = Math.acos(Math.hypot(goalX, goalY) / 0.4);
  const range = REACHER.spec.joints[0]!.max;
  const reaching = await meanReward(10, () => [(Math.atan2(goalY, goalX) - open) / range, (2 * open) / range]);
  expect(wandering).toBeLessThan(2);
  expect(reaching).toBeGreaterThan(9);
});

test("the tip is where two links of 0.2 m end", () => {
  expect(tip([0, 0])).toEqual([0.4, 0]);
  const [x, y] = tip([Math.PI / 2, -Math.PI / 2]);
  expect(x).toBeCloseTo(0.2, 12);
  expect(y).toBeCloseTo(0.2, 12);
});
