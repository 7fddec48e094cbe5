import { describe, expect, test } from "vitest";
import { Physics } from "../../drivers/sim/physics.ts";
import { SimDriver } from "../../drivers/sim/sim-driver.ts";
import { loadRobot } from "../../robots/catalogue.ts";
import { DKITTY } from "../../robots/dkitty/dkitty.ts";
import { GO2 } from "../../robots/go2/go2.ts";
import { assertSensors } from "../../runtime/cli/drivers.ts";
import { VirtualClock } from "../../runtime/clock.ts";
import { assertLimits } from "../../runtime/governor/limit-checks.ts";
import type { Sample } from "../../runtime/robot.ts";

/** Left alone for three seconds from `start`, holding the gesture, or nothing: height, m, reward and stage. */
async function settle(name: string, start: string, gesture?: string) {
  const robot = await loadRobot(name);
  const settings = { ...robot.settings, start };
  const task = robot.task(settings);
  const clock = new VirtualClock();
  const driver = new SimDriver(robot.spec, robot.simulation(settings), clock, { commandTimeoutMs: 0 });
  await driver.open();
  const held = robot.gestures!.find((each) => each.name === gesture);
  if (held !== undefined) {
    const position = new Float64Array(12);
    task.mapAction(held.action, position);
    const gains = (of: "kp" | "kd") => Float64Array.from(robot.spec.joints, (joint) => joint[of]);
    await driver.write({ position, kp: gains("kp"), kd: gains("kd") });
  }
  for (let i = 0; i < 60; i++) {
    await driver.read();
    await clock.sleepUntil(clock.now() + 50_000_000n);
  }
  const sample = await driver.read();
  await driver.close();
  return { height: sample.sensors.position![2]!, reward: task.reward(sample), stage: task.stage(sample) };
}

describe.each([
  { name: "go2", mass: 15.097, standing: 0.272, lying: 0.12 },
  { name: "dkitty", mass: 0.72 + 4 * (0.118 + 0.126 + 0.04), standing: 0.288, lying: 0.22 },
])("$name", ({ name, mass, standing, lying }) => {
  test("its limits hold together", async () => {
    const { spec, task, settings } = await loadRobot(name);
    assertLimits(spec, task(settings));
  });

  test("the model has the spec's joint limits and the maker's mass", async () => {
    const { spec, simulation, settings } = await loadRobot(name);
    const { xml } = simulation(settings);
    for (const { name: joint, min, max } of spec.joints) {
      const [, low, high] = new RegExp(`<joint name="${joint}"[^>]*range="(\\S+) (\\S+)"`).exec(xml)!;
      expect([Number(low), Number(high)]).toEqual([min, max]);
    }
    const masses = [...xml.matchAll(/mass="([^"]+)"/g)].map(([, kg]) => Number(kg));
    expect(masses.reduce((sum, kg) => sum + kg, 0)).toBeCloseTo(mass, 3);
    const physics = await Physics.load(xml); // MuJoCo takes it
    physics.delete();
  });

  test("it stands when it is held in its stand, and gets up to it from its belly", async () => {
    for (const start of ["standing", "belly"]) {
      const { height, reward, stage } = await settle(name, start, "stand");
      expect(height).toBeCloseTo(standing, 2);
      expect(reward).toBeGreaterThan(8.6);
      expect(reward).toBeLessThan(9.1);
      expect(stage).toBe("standing");
    }
  });

  test("limp it lies: on its belly, or on its back for a reward of 5", async () => {
    expect((await settle(name, "belly")).height).toBeLessThan(lying);
    const back = await settle(name, "back");
    expect(back.reward).toBeCloseTo(5, 1);
    expect(back.stage).toBe("on its back");
  });

  test("random starts differ by their seed and repeat with it", async () => {
    const { simulation, settings } = await loadRobot(name);
    const start = (seed: number) => simulation({ ...settings, start: "random", seed }).start;
    expect(start(3)).toEqual(start(3));
    expect(start(3)).not.toEqual(start(4));
  });
});

test("D'Kitty's stand is learned from the servos alone: all at the stand, little far off", () => {
  const task = DKITTY.task({ ...DKITTY.settings, goal: "stand" });
  const at = (leg: readonly number[]): Sample => {
    const position = Float64Array.from([...leg, ...leg, ...leg, ...leg]);
    return { timeNs: 0n, position, velocity: new Float64Array(12), effort: new Float64Array(12), sensors: {} };
  };
  expect(task.reward(at([0, 0.4, -0.75]))).toBeCloseTo(10, 9);
  expect(task.stage(at([0, 0.4, -0.75]))).toBe("in the stand");
  expect(task.reward(at([0, 0.7, -1.2]))).toBeLessThan(7);
  expect(task.reward(at([0.25, 1.3, 0]))).toBeCloseTo(0, 9);
  expect(task.observe(at([0, 0.4, -0.75])).joints).toHaveLength(24);
  expect(() => DKITTY.task({ ...DKITTY.settings, goal: "fly" })).toThrow(
    /goal: expected one of walk, stand, found "fly"/,
  );
});

test("a task that reads attitude and speed is refused where only servos are read, and says so before anything moves", () => {
  const on = (driver: string, goal: string) => () =>
    assertSensors(DKITTY as never, { driver, task: { ...DKITTY.settings, goal } });
  expect(on("serial", "walk")).toThrow(/found one that reads orientation, gyro, velocity/);
  expect(on("mock", "walk")).toThrow(/--driver mock/);
  expect(on("serial", "stand")).not.toThrow();
  expect(on("sim", "walk")).not.toThrow();
});

test("every D'Kitty joint has an id of its own, leg by leg as ROBEL numbers them", () => {
  const ids = DKITTY.serial!.servos.map(({ id }) => id);
  expect(ids).toEqual([10, 11, 12, 20, 21, 22, 40, 41, 42, 30, 31, 32]);
});

test("the Go2's calf is given the smaller of the two torques that are published", () => {
  const calves = GO2.spec.joints.filter(({ name }) => name.endsWith("calf"));
  expect(calves.map(({ effortLimit }) => effortLimit)).toEqual([35.55, 35.55, 35.55, 35.55]);
});
