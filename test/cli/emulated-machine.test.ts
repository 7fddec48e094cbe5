import { existsSync } from "node:fs";
import { resolve } from "node:path";
import { expect, test } from "vitest";
import type { RobotDefinition } from "../../robots/definition.ts";
import { GO2 } from "../../robots/go2/go2.ts";
import { UR5 } from "../../robots/ur5/ur5.ts";
import { XARM } from "../../robots/xarm/xarm.ts";
import { makeDriver } from "../../runtime/cli/drivers.ts";
import type { EmulatedMachine } from "../../runtime/cli/emulated-part.ts";
import { checkRobot, type RobotSettings, robotDefaults } from "../../runtime/cli/robot-settings.ts";
import { RealtimeClock } from "../../runtime/clock.ts";

const MACHINE = resolve(import.meta.dirname, "../../dist/runtime/cli/emulated-machine.js");

test.runIf(existsSync(MACHINE)).each([{ robot: UR5 }, { robot: XARM }, { robot: GO2 }])(
  "--driver mock of $robot.spec.name: a machine with its topics, in the same place when it is started again",
  { timeout: 60_000 },
  async ({ robot }) => {
    const { emulatedMachine } = (await import(MACHINE)) as {
      emulatedMachine(of: RobotDefinition, settings: RobotSettings): EmulatedMachine;
    };
    const definition = robot as unknown as RobotDefinition;
    const { name, joints, restPose } = robot.spec;
    const settings = { ...robotDefaults(name, definition), driver: "mock" };
    checkRobot(definition, settings, undefined);
    const { part, reached } = emulatedMachine(definition, settings);
    const first = part.start();
    await first.ready;
    const { url } = reached().ros2!;
    const driver = await makeDriver(definition, { ...settings, ...reached() }, new RealtimeClock(), () => {});
    try {
      await driver.open();
      const sample = await driver.read();
      const task = definition.task(definition.settings);
      for (const tensor of Object.values(task.observe(sample))) expect([...tensor].every(Number.isFinite)).toBe(true);
      const gains = (of: "kp" | "kd") => Float64Array.from(joints, (joint) => joint[of]);
      const position = Float64Array.from(restPose, (q) => q + 0.1);
      const command = { position, kp: gains("kp"), kd: gains("kd") };
      const farthest = async () => {
        await driver.write(command);
        const { position: here } = await driver.read();
        return Math.max(...here.map((q, i) => Math.abs(q - position[i]!)));
      };
      await expect.poll(farthest, { timeout: 20_000 }).toBeLessThan(0.05);
    } finally {
      await driver.close();
      first.kill();
    }
    expect(await first.ended).toEqual({ failure: undefined, final: false });
    const second = part.start();
    await second.ready;
    expect(reached().ros2!.url).toBe(url);
    second.stop();
    expect(await second.ended).toEqual({ failure: undefined, final: false });
  },
);
