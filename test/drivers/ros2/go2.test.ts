import { describe, expect, test } from "vitest";
import type { Ros2Config } from "../../../drivers/ros2/config.ts";
import { MockMachine } from "../../../drivers/ros2/mock/machine.ts";
import { ARM_CONFIG, command, driven } from "./driven.ts";
import { GO2 } from "./robots.ts";

describe("a Go2", () => {
  const config: Ros2Config = {
    ...ARM_CONFIG,
    joints: GO2.joints,
    state: { kind: "go2", topic: "/lowstate" },
    command: { kind: "go2", topic: "/lowcmd" },
  };

  function quadruped() {
    const its = driven(GO2.spec, config);
    const now = (): bigint => its.clock.now();
    const machine = new MockMachine(its.graph, {
      spec: GO2.spec,
      names: Object.values(GO2.joints),
      kind: "go2",
      rateHz: 1,
      now,
    });
    const commands = its.said("/lowcmd", "unitree_go/msg/LowCmd");
    const start = async (): Promise<void> => {
      await its.driver.open();
      for (let i = 0; i < 2; i++) {
        its.pass(2);
        machine.step();
      }
    };
    return { ...its, commands, start };
  }

  test("gets targets and gains, rounded to what is returned; motors beyond the twelve follow nothing", async () => {
    const { driver, commands, start } = quadruped();
    await start();
    const sent = await driver.write(command(GO2.spec, ...GO2.spec.restPose.map((q) => q + 0.1)));
    const { head, level_flag, motor_cmd } = commands[0]!;
    expect([...head, level_flag]).toEqual([0xfe, 0xef, 0xff]);
    for (let i = 0; i < 12; i++) {
      expect(motor_cmd[i]).toMatchObject({
        mode: 1,
        q: sent.position[i],
        kp: sent.kp[i],
        kd: sent.kd[i],
        dq: 0,
        tau: 0,
      });
    }
    expect(motor_cmd[12]).toMatchObject({ q: 2_146_000_000, dq: 16_000, kp: 0, kd: 0 });
  });

  test.each([
    ["damp", { kp: 0, kd: 1, dq: 0 }],
    ["limp", { kp: 0, kd: 0, dq: 16_000 }],
    ["stop", { kp: 0, kd: 1, dq: 0 }],
    ["hold", { kp: 80, kd: 1, dq: 0 }],
  ] as const)("%s is said again and again, also after a command", async (end, motor) => {
    const { driver, commands, start } = quadruped();
    await start();
    await driver.write(command(GO2.spec, ...GO2.spec.restPose));
    commands.length = 0;
    await driver.relax(end);
    expect(commands[0]!.motor_cmd[0]).toMatchObject(motor);
    await expect.poll(() => commands.length, { timeout: 5000 }).toBeGreaterThan(4);
    expect(commands.at(-1)!.motor_cmd[0]).toMatchObject(motor);
  });

  test("is damped, not held, where its pose is not known", async () => {
    const { driver, commands, lines } = quadruped();
    await driver.open();
    await driver.relax("hold");
    expect(commands[0]!.motor_cmd[0]).toMatchObject({ kp: 0, kd: 1 });
    expect(lines).toEqual(['go2: "hold" without a fresh pose: damped instead']);
  });
});
