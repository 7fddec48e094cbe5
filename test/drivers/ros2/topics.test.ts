import { setTimeout as sleep } from "node:timers/promises";
import { expect, test } from "vitest";
import type { Ros2Config } from "../../../drivers/ros2/config.ts";
import { makeRos2Driver } from "../../../drivers/ros2/make-driver.ts";
import { RealtimeClock } from "../../../runtime/clock.ts";
import type { RobotSpec } from "../../../runtime/robot.ts";
import { ARM_CONFIG, command, driven } from "./driven.ts";
import { ARM, BASE } from "./robots.ts";

test("diagnostics say once a second what the machine does and how each topic fares", async () => {
  const settings = { ...ARM_CONFIG.settings!, diagnosticsMs: 20 };
  const { driver, said, sayJoints, start } = driven(ARM, { ...ARM_CONFIG, settings });
  const arrays = said("/diagnostics", "diagnostic_msgs/msg/DiagnosticArray");
  await start();
  await driver.write(command(ARM, 1, 2, 3));
  sayJoints([1, 2, Number.NaN]);
  await expect.poll(() => arrays.length, { timeout: 5000 }).toBeGreaterThan(1);
  const { header, status } = arrays.at(-1)!;
  expect(header.stamp).toEqual({ sec: 1_700_000_000, nanosec: 500_000_000 });
  expect(status).toEqual([
    {
      level: 0,
      name: "reverie: arm",
      message: "follows",
      hardware_id: "ROS 2 node reverie",
      values: [
        { key: "connected", value: "true" },
        { key: "commands sent", value: "1" },
        { key: "commands lost", value: "0" },
      ],
    },
    {
      level: 1,
      name: "reverie: arm: /joint_states",
      message: "/joint_states: position of wrist is not finite: NaN",
      hardware_id: "ROS 2 node reverie",
      values: [
        { key: "type", value: "sensor_msgs/msg/JointState" },
        { key: "received", value: "3" },
        { key: "refused", value: "1" },
        { key: "repeated", value: "1" },
      ],
    },
  ]);
});

test("a topic that falls silent is told of, once, and when it speaks again", async () => {
  const settings = { ...ARM_CONFIG.settings!, silentMs: 20 };
  const { driver, lines, pass, sayJoints, start } = driven(ARM, { ...ARM_CONFIG, settings });
  await start();
  await driver.read();
  pass(500);
  await expect.poll(() => lines.length, { timeout: 5000 }).toBe(1);
  await sleep(40);
  sayJoints();
  await expect.poll(() => lines.length, { timeout: 5000 }).toBe(2);
  expect(lines).toEqual([
    "/joint_states: expected a message in 20 ms, found none for 500 ms",
    "/joint_states: speaks again",
  ]);
});

test("pictures are of the newest message of their topic, by the robot's name for it", async () => {
  const { driver, header, pass, say } = driven(ARM, { ...ARM_CONFIG, images: { wrist: { topic: "/camera/image" } } });
  await driver.open();
  for (const shade of [10, 20, 30]) {
    pass(10);
    const data = new Uint8Array(4).fill(shade);
    say("/camera/image", "sensor_msgs/msg/Image", {
      header: header(),
      width: 2,
      height: 2,
      encoding: "mono8",
      is_bigendian: 0,
      step: 2,
      data,
    });
  }
  expect(driver.picture("wrist")).toEqual({ width: 2, height: 2, data: new Uint8Array(12).fill(30) });
  expect(() => driver.picture("head")).toThrow('ros2.images: expected one of wrist, found "head"');
});

test.each<[string, RobotSpec, Partial<Ros2Config>, string]>([
  [
    "a joint the robot does not have",
    ARM,
    { joints: { elbov: "elbow_joint" } },
    'expected joints of arm (shoulder, elbow, wrist), found "elbov"',
  ],
  [
    "one name for two joints",
    ARM,
    { joints: { elbow: "wrist" } },
    'each of the machine\'s joints once, found "wrist" twice',
  ],
  ["a motor the Go2 does not have", ARM, { state: { kind: "go2", topic: "/lowstate" } }, "Go2: expected one of FR_hip"],
  [
    "a speed that is no part of a Twist",
    BASE,
    { command: { kind: "twist", topic: "/cmd_vel" } },
    "expected one of linear.x, linear.y",
  ],
  [
    "an address that is none",
    ARM,
    { transport: { kind: "rosbridge", url: "robot.local" } },
    "expected an address like ws://",
  ],
  [
    "a base with odometry twice",
    BASE,
    {
      joints: { drive: "linear.x", turn: "angular.z" },
      state: { kind: "base", topic: "/odom" },
      odometry: { topic: "/odom" },
    },
    "a base has its odometry already",
  ],
])("%s is refused when the driver is made", (_, spec, parts, reason) => {
  expect(() => makeRos2Driver(spec, { ...ARM_CONFIG, ...parts }, new RealtimeClock(), () => {})).toThrow(reason);
});
