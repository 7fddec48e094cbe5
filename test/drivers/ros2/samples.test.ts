import { setTimeout as sleep } from "node:timers/promises";
import { describe, expect, test } from "vitest";
import type { Ros2Config } from "../../../drivers/ros2/config.ts";
import { encode } from "../../../drivers/ros2/messages/codec.ts";
import { MockMachine } from "../../../drivers/ros2/mock/machine.ts";
import { ARM_CONFIG, driven, MS, START } from "./driven.ts";
import { ARM, GO2 } from "./robots.ts";

describe("the first read", () => {
  test("names a topic that says nothing, and how to look", async () => {
    const { driver } = driven(ARM, { ...ARM_CONFIG, imu: { topic: "/imu" } });
    await driver.open();
    await expect(driver.read()).rejects.toThrow(
      "/joint_states: expected a sensor_msgs/msg/JointState in 40 ms, found none; ros2 topic hz /joint_states says whether it is published; /imu: expected",
    );
  });

  test("names joints that the first message does not have", async () => {
    const { driver, sayJoints } = driven(ARM, ARM_CONFIG);
    await driver.open();
    sayJoints([1, 2, 3], { name: ["shoulder", "elbow_joint", "wrist"] });
    await expect(driver.read()).rejects.toThrow(
      "/joint_states: expected the joints elbow, found only shoulder, elbow_joint, wrist",
    );
  });

  test("is not fooled by a message of long ago that is given to new subscriptions", async () => {
    const { driver, graph, header, pass, sayJoints } = driven(ARM, ARM_CONFIG);
    const zeros = new Float64Array(3);
    const old = {
      header: header(),
      name: ["shoulder", "elbow", "wrist"],
      position: Float64Array.of(9, 9, 9),
      velocity: zeros,
      effort: zeros,
    };
    graph.publish("/joint_states", "sensor_msgs/msg/JointState", encode("sensor_msgs/msg/JointState", old), true);
    pass(60_000);
    await driver.open();
    await expect(driver.read()).rejects.toThrow(
      "/joint_states: expected messages whose stamps rise in 40 ms, found 1 that do not",
    );
    sayJoints();
    const sample = await driver.read();
    expect([...sample.position]).toEqual([1, 2, 3]);
  });

  test("waits for what comes a moment later", async () => {
    const { driver, pass, sayJoints } = driven(ARM, ARM_CONFIG);
    await driver.open();
    sayJoints();
    const reading = driver.read();
    await sleep(5);
    pass(10);
    sayJoints([3, 2, 1]);
    expect([...(await reading).position]).toEqual([3, 2, 1]);
  });
});

describe("samples", () => {
  test("are as old as the oldest of the devices they need, and say how old each is", async () => {
    const { driver, header, pass, say, sayJoints } = driven(ARM, { ...ARM_CONFIG, imu: { topic: "/imu" } });
    await driver.open();
    const none = new Float64Array(9);
    const sayImu = (): void =>
      say("/imu", "sensor_msgs/msg/Imu", {
        header: header(),
        orientation: { w: 1, x: 0, y: 0, z: 0 },
        orientation_covariance: none,
        angular_velocity: { x: 0, y: 0, z: 0.5 },
        angular_velocity_covariance: none,
        linear_acceleration: { x: 0, y: 0, z: 9.81 },
        linear_acceleration_covariance: none,
      });
    for (let i = 0; i < 3; i++) {
      pass(10);
      sayJoints();
      sayImu();
    }
    for (let i = 0; i < 30; i++) {
      pass(10);
      sayJoints();
    }
    pass(5);
    const sample = await driver.read();
    expect(sample.timeNs).toBe(START + 30n * MS);
    expect([...sample.sensors.age!]).toEqual([0.005, 0.305]);
    expect([...sample.sensors.gyro!]).toEqual([0, 0, 0.5]);
    expect([...sample.sensors.orientation!]).toEqual([1, 0, 0, 0]);
  });

  test("age while every message is refused, and are fresh with the first good one", async () => {
    const { clock, driver, lines, pass, sayJoints, start } = driven(ARM, ARM_CONFIG);
    await start();
    const good = (await driver.read()).timeNs;
    for (let i = 0; i < 30; i++) {
      pass(10);
      sayJoints([1, Number.NaN, 3]);
    }
    expect((await driver.read()).timeNs).toBe(good);
    expect(lines).toEqual(["/joint_states: position of elbow is not finite: NaN; refused"]);
    pass(10);
    sayJoints();
    expect((await driver.read()).timeNs).toBe(clock.now());
  });

  test("of a Go2 have its body, its temperatures and its supply", async () => {
    const config: Ros2Config = {
      transport: { kind: "rclnodejs" },
      joints: GO2.joints,
      state: { kind: "go2", topic: "/lowstate" },
      command: { kind: "go2", topic: "/lowcmd" },
    };
    const { clock, driver, graph, pass } = driven(GO2.spec, config);
    const now = (): bigint => clock.now();
    const machine = new MockMachine(graph, {
      spec: GO2.spec,
      names: Object.values(GO2.joints),
      kind: "go2",
      rateHz: 1,
      now,
    });
    await driver.open();
    for (let i = 0; i < 2; i++) {
      pass(2);
      machine.step();
    }
    const { position, sensors, temperature, timeNs, voltage } = await driver.read();
    expect(timeNs).toBe(clock.now());
    for (let i = 0; i < 12; i++) expect(position[i]).toBeCloseTo(GO2.spec.restPose[i]!, 6);
    expect([...temperature!]).toEqual(new Array(12).fill(30));
    expect([...voltage!]).toEqual(new Array(12).fill(29));
    expect(sensors.acceleration![2]).toBeCloseTo(9.81, 5);
    expect(Object.keys(sensors)).toEqual(["orientation", "gyro", "acceleration", "footForce", "age"]);
  });
});
