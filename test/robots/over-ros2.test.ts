import { setTimeout as sleep } from "node:timers/promises";
import { expect, test } from "vitest";
import { devicesOf } from "../../drivers/ros2/devices.ts";
import { Graph } from "../../drivers/ros2/mock/graph.ts";
import { MockMachine } from "../../drivers/ros2/mock/machine.ts";
import { machineOptions } from "../../drivers/ros2/mock/machine-options.ts";
import { RclnodejsTransport } from "../../drivers/ros2/rclnodejs/carrier.ts";
import { Ros2Driver } from "../../drivers/ros2/ros2-driver.ts";
import type { RobotDefinition } from "../../robots/definition.ts";
import { GO2 } from "../../robots/go2/go2.ts";
import { UR5 } from "../../robots/ur5/ur5.ts";
import { XARM } from "../../robots/xarm/xarm.ts";
import { RealtimeClock } from "../../runtime/clock.ts";
import { fakeRclnodejs } from "../drivers/ros2/fake-rclnodejs.ts";

/** The robot's own configuration on the machine that is emulated for it, as a node of an emulated ROS 2. */
function carried({ spec, ros2 }: Pick<RobotDefinition, "spec" | "ros2">) {
  const graph = new Graph();
  const machine = new MockMachine(graph, {
    ...machineOptions(spec, ros2!),
    ...{ rateHz: 200, now: () => process.hrtime.bigint() },
  });
  const transport = new RclnodejsTransport("reverie", async () => fakeRclnodejs(graph).module);
  const driver = new Ros2Driver({
    spec,
    config: ros2!,
    transport,
    clock: new RealtimeClock(),
    report: () => {},
    wallMs: Date.now,
  });
  return { graph, machine, driver };
}

test.each([{ robot: UR5 }, { robot: XARM }, { robot: GO2 }])(
  "$robot.spec.name over ROS 2: reads itself, follows a command, and stops to at the end",
  async ({ robot }) => {
    const definition = robot as unknown as RobotDefinition;
    const { machine, driver } = carried(definition);
    machine.start();
    try {
      await driver.open();
      const sample = await driver.read();
      robot.spec.restPose.forEach((q, i) => {
        expect(sample.position[i]).toBeCloseTo(q, 5);
      });
      const task = definition.task(definition.settings);
      for (const tensor of Object.values(task.observe(sample))) expect([...tensor].every(Number.isFinite)).toBe(true);
      expect(task.reward(sample)).toBeGreaterThanOrEqual(0);
      const wanted = Float64Array.from(robot.spec.restPose, (q) => q + 0.05);
      const gains = (of: "kp" | "kd") => Float64Array.from(robot.spec.joints, (joint) => joint[of]);
      await driver.write({ position: wanted, kp: gains("kp"), kd: gains("kd") });
      await sleep(20);
      wanted.forEach((q, i) => {
        expect(machine.motors?.[i]).toBeCloseTo(q, 5);
      });
      await driver.close();
      expect(machine.motors).toBeUndefined();
    } finally {
      await driver.close();
      machine.stop();
    }
  },
);

test("what the Go2's task reads is what its topics give", () => {
  const definition = GO2 as unknown as RobotDefinition;
  const { sensors } = devicesOf(GO2.spec, GO2.ros2!, () => {});
  for (const name of definition.sensors!(definition.settings)) expect(Object.keys(sensors)).toContain(name);
});
