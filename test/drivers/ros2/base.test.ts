import { expect, test } from "vitest";
import { MockMachine } from "../../../drivers/ros2/mock/machine.ts";
import { ARM_CONFIG, command, driven } from "./driven.ts";
import { BASE } from "./robots.ts";

test("a base follows speeds, measures them, and stands still in every end state and at the end", async () => {
  const { clock, driver, graph, pass, said } = driven(BASE, {
    ...ARM_CONFIG,
    joints: { drive: "linear.x", turn: "angular.z" },
    state: { kind: "base", topic: "/odom" },
    command: { kind: "twist", topic: "/cmd_vel" },
  });
  const speeds = said("/cmd_vel", "geometry_msgs/msg/Twist");
  const now = (): bigint => clock.now();
  const machine = new MockMachine(graph, {
    spec: BASE,
    names: ["linear.x", "angular.z"],
    kind: "twist",
    rateHz: 1,
    now,
  });
  machine.start();
  await driver.open();
  await driver.write(command(BASE, 0.5, -0.25));
  expect(speeds[0]).toEqual({ linear: { x: 0.5, y: 0, z: 0 }, angular: { x: 0, y: 0, z: -0.25 } });
  for (let i = 0; i < 40; i++) {
    pass(10);
    machine.step();
  }
  const { position, sensors } = await driver.read();
  expect(position[0]).toBeCloseTo(0.5, 3);
  expect(position[1]).toBeCloseTo(-0.25, 3);
  expect(sensors.velocity![0]).toBeCloseTo(0.5, 3);
  for (const end of ["stop", "hold", "damp", "limp"] as const) {
    await driver.write(command(BASE, 0.5, 0));
    await driver.relax(end);
    expect(speeds.at(-1)).toEqual({ linear: { x: 0, y: 0, z: 0 }, angular: { x: 0, y: 0, z: 0 } });
  }
  await driver.write(command(BASE, 0.5, 0));
  await driver.close();
  expect(speeds.at(-1)!.linear.x).toBe(0);
  machine.stop();
});
