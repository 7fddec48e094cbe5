import { expect, test } from "vitest";
import { SimDriver } from "../../drivers/sim/sim-driver.ts";
import { REACHER, tip } from "../../robots/reacher/reacher.ts";
import { VirtualClock } from "../../runtime/clock.ts";
import { RUNTIME_DEFAULTS } from "../../runtime/defaults.ts";
import { Governor } from "../../runtime/governor/governor.ts";
import { Inbox } from "../../runtime/governor/inbox.ts";
import { longestRestMs } from "../../runtime/governor/rest-move.ts";
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

test.each([1, 2, 3, 4, 5, 6])(
  "stopped in the wildest motion (seed %i) it returns to its rest pose, slowly, and rests there",
  async (seed) => {
    const random = new Random(seed, "wild");
    const clock = new VirtualClock();
    const driver = new SimDriver(REACHER.spec, REACHER.simulation(REACHER.settings), clock);
    const inbox = new Inbox();
    const stop = new AbortController();
    const lastTick = 20 + random.integer(20);
    const notes: string[] = [];
    let stoppedNs: bigint | undefined;
    const commands: (readonly number[])[] = [];
    const write = driver.write.bind(driver);
    driver.write = async (command) => {
      if (stoppedNs !== undefined) commands.push([...command.position]);
      return write(command);
    };
    const governor = new Governor({
      ...{ spec: REACHER.spec, task, driver, clock, inbox },
      ask: ({ tick }) => {
        const action = Float32Array.of(random.uniform() < 0.5 ? -1 : 1, random.uniform() < 0.5 ? -1 : 1);
        inbox.deliver({ tick, action, policyVersion: 1, surprise: 0 });
        if (tick === lastTick) {
          stop.abort();
          stoppedNs = clock.now();
        }
      },
      onStep: () => {},
      report: (text) => notes.push(text),
      settings: RUNTIME_DEFAULTS.governor,
      watchdogs: RUNTIME_DEFAULTS.watchdogs,
      ...{ lockstep: false, sequence: 0, episode: 0, steps: 0 },
    });
    await governor.run(stop.signal);
    expect(notes).toEqual(["returns to its rest pose", "return to the rest pose: rests"]);
    const tookMs = Number(clock.now() - stoppedNs!) / 1e6;
    expect(tookMs).toBeLessThan(longestRestMs(REACHER.spec));
    for (const [i, command] of commands.entries()) {
      const before = commands[i - 1] ?? command;
      if (i <= 50) continue; // it comes to a stop first
      for (const [j, q] of command.entries()) expect(Math.abs(q - before[j]!)).toBeLessThan(0.0101);
    }
    const { position, velocity } = await driver.read();
    for (const q of position) expect(Math.abs(q)).toBeLessThan(0.05);
    for (const speed of velocity) expect(Math.abs(speed)).toBeLessThan(0.3);
    expect(driver.command).toBeUndefined(); // limp
    await driver.close();
  },
);
