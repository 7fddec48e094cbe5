import { setTimeout as sleep } from "node:timers/promises";
import { expect, test } from "vitest";
import { machineNames, type Ros2Config } from "../../drivers/ros2/config.ts";
import { devicesOf } from "../../drivers/ros2/devices.ts";
import { encode } from "../../drivers/ros2/messages/codec.ts";
import { Graph } from "../../drivers/ros2/mock/graph.ts";
import { MockMachine } from "../../drivers/ros2/mock/machine.ts";
import { RclnodejsTransport } from "../../drivers/ros2/rclnodejs/carrier.ts";
import { Ros2Driver } from "../../drivers/ros2/ros2-driver.ts";
import type { RobotDefinition } from "../../robots/definition.ts";
import { GO2 } from "../../robots/go2/go2.ts";
import { UR5 } from "../../robots/ur5/ur5.ts";
import { XARM } from "../../robots/xarm/xarm.ts";
import { RealtimeClock } from "../../runtime/clock.ts";
import { fakeRclnodejs } from "../drivers/ros2/fake-rclnodejs.ts";

/** What the stand-in machine calls its command topics. */
const TOPICS: Partial<Record<Ros2Config["command"]["kind"], string>> = {
  forward: "/forward/commands",
  trajectory: "/trajectory",
};

/** The robot's own configuration on a stand-in machine that has its controllers, as a node of an emulated ROS 2. */
function carried({ spec, ros2 }: Pick<RobotDefinition, "spec" | "ros2">) {
  const { command, controllers } = ros2!;
  const graph = new Graph();
  const kind = command.kind as "forward" | "trajectory" | "go2";
  const machine = new MockMachine(graph, {
    ...{ spec, kind, names: machineNames(spec, ros2!), rateHz: 200, now: () => process.hrtime.bigint() },
    ...(controllers !== undefined && { controller: controllers.names[0]! }),
  });
  const config = { ...ros2!, command: { ...command, topic: TOPICS[kind] ?? command.topic } };
  const transport = new RclnodejsTransport("reverie", async () => fakeRclnodejs(graph).module);
  const driver = new Ros2Driver({
    spec,
    config,
    transport,
    clock: new RealtimeClock(),
    report: () => {},
    wallMs: Date.now,
  });
  return { graph, machine, driver };
}

/** Odometry as the Go2's lidar gives it. */
function walks(graph: Graph): NodeJS.Timeout {
  const covariance = new Float64Array(36);
  return setInterval(() => {
    const now = process.hrtime.bigint();
    const stamp = { sec: Number(now / 1_000_000_000n), nanosec: Number(now % 1_000_000_000n) };
    const type = "nav_msgs/msg/Odometry";
    const pose = { position: { x: 1, y: 2, z: 0.3 }, orientation: { x: 0, y: 0, z: 0, w: 1 } };
    const twist = { linear: { x: 0.25, y: 0, z: 0 }, angular: { x: 0, y: 0, z: 0 } };
    const message = {
      header: { stamp, frame_id: "odom" },
      child_frame_id: "base_link",
      pose: { pose, covariance },
      twist: { twist, covariance },
    };
    graph.publish("/utlidar/robot_odom", type, encode(type, message));
  }, 10);
}

test.each([{ robot: UR5 }, { robot: XARM }, { robot: GO2 }])(
  "$robot.spec.name over ROS 2: reads itself, follows a command, and stops to at the end",
  async ({ robot }) => {
    const definition = robot as unknown as RobotDefinition;
    const { graph, machine, driver } = carried(definition);
    machine.start();
    const odometry = walks(graph);
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
      clearInterval(odometry);
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
