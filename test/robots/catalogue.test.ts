import { describe, expect, test } from "vitest";
import { SimDriver } from "../../drivers/sim/sim-driver.ts";
import { loadRobot, robotNames } from "../../robots/catalogue.ts";
import { VirtualClock } from "../../runtime/clock.ts";

test.each(["a2", "constructor", ""])('an unknown robot "%s" is refused with the names there are', async (name) => {
  await expect(loadRobot(name)).rejects.toThrow(/here there are a1, dkitty, go2, reacher/);
});

describe.each(robotNames)("%s", (name) => {
  test("has a spec that holds together", async () => {
    const { spec } = await loadRobot(name);
    expect(spec.name).toBe(name);
    expect(spec.servoRateHz % spec.policyRateHz).toBe(0);
    expect(new Set(spec.joints.map((joint) => joint.name)).size).toBe(spec.joints.length);
    expect(spec.restPose).toHaveLength(spec.joints.length);
    spec.joints.forEach(({ min, max }, i) => {
      expect(spec.restPose[i]).toBeGreaterThanOrEqual(min);
      expect(spec.restPose[i]).toBeLessThanOrEqual(max);
    });
  });

  test("maps every action into its joints' limits", async () => {
    const { spec, settings, task } = await loadRobot(name);
    const { action, mapAction } = task(settings);
    for (const end of [-5, -1, 0, 1, 5]) {
      const target = new Float64Array(spec.joints.length);
      mapAction(new Float64Array(action.length).fill(end), target);
      spec.joints.forEach(({ min, max }, i) => {
        expect(target[i]).toBeGreaterThanOrEqual(min);
        expect(target[i]).toBeLessThanOrEqual(max);
      });
    }
  });

  test("in simulation gives the observation its task declares, of finite numbers", async () => {
    const { spec, settings, task, simulation } = await loadRobot(name);
    const driver = new SimDriver(spec, simulation(settings), new VirtualClock());
    await driver.open();
    const declared = task(settings).observation;
    const seen = task(settings).observe(await driver.read());
    expect(Object.keys(seen)).toEqual(declared.map((tensor) => tensor.name));
    for (const { name, shape, units } of declared) {
      expect(seen[name]).toHaveLength(shape.reduce((size, n) => size * n, 1));
      expect(units).toHaveLength(shape[0]!);
      expect([...seen[name]!].every(Number.isFinite)).toBe(true);
    }
    await driver.close();
  });

  test("has whole servo ticks and physics steps in a policy tick", async () => {
    const { spec, settings, simulation } = await loadRobot(name);
    const timestep = Number(/timestep="([^"]+)"/.exec(simulation(settings).xml)![1]);
    expect(1 / spec.servoRateHz / timestep).toBeCloseTo(Math.round(1 / spec.servoRateHz / timestep), 9);
  });
});
