import { existsSync } from "node:fs";
import { resolve } from "node:path";
import { expect, test } from "vitest";
import { makeRos2Driver } from "../../../drivers/ros2/make-driver.ts";
import type { RosMachineConfig } from "../../../drivers/ros2/mock/serve-machine.ts";
import type { RosMachine } from "../../../drivers/ros2/mock/start-machine.ts";
import { emptyCommand } from "../../../drivers/sim/command.ts";
import { SO101_SPEC } from "../../../robots/so101/joints.ts";
import { SO101 } from "../../../robots/so101/so101.ts";
import { RealtimeClock } from "../../../runtime/clock.ts";

const START = resolve(import.meta.dirname, "../../../dist/drivers/ros2/mock/start-machine.js");

test.runIf(existsSync(START))(
  "a robot in MuJoCo in another process, reached through rosbridge, follows its targets and carries itself",
  { timeout: 60_000 },
  async () => {
    const { startRosMachine } = (await import(START)) as {
      startRosMachine(config: RosMachineConfig): Promise<RosMachine>;
    };
    const { name, joints, restPose } = SO101_SPEC;
    const topics = {
      state: { kind: "joint-states", topic: "/joint_states" },
      command: { kind: "forward", topic: "/forward/commands" },
    } as const;
    const machine = await startRosMachine({
      robot: { name, joints, restPose },
      model: SO101.simulation(SO101.settings),
      ros2: topics,
      rateHz: 200,
      faults: [],
      seed: 0,
    });
    const driver = await makeRos2Driver(
      SO101_SPEC,
      { transport: { kind: "rosbridge", url: machine.url }, ...topics },
      new RealtimeClock(),
      () => {},
    );
    try {
      await driver.open();
      const command = emptyCommand(joints.length);
      command.position.set(restPose);
      command.position[1] = -1;
      command.kp.fill(joints[0]!.kp);
      const shoulder = async (): Promise<number> => {
        await driver.write(command);
        return (await driver.read()).position[1]!;
      };
      expect(await shoulder()).toBeLessThan(-1.4);
      await expect.poll(shoulder, { timeout: 20_000 }).toBeGreaterThan(-1.15);
      const { effort } = await driver.read();
      expect(Math.abs(effort[1]!)).toBeGreaterThan(0.05); // it carries
    } finally {
      await driver.close();
      machine.kill();
      await machine.ended;
    }
  },
);
