import { readFileSync } from "node:fs";
import { resolve } from "node:path";
import { describe, expect, test } from "vitest";
import { lowCmdCrc } from "../../../drivers/ros2/go2/crc.ts";
import { lowCmd } from "../../../drivers/ros2/go2/low-cmd.ts";
import { decode, encode } from "../../../drivers/ros2/messages/codec.ts";
import type { LowCmd, MessageTypes, TypeName } from "../../../drivers/ros2/messages/types.ts";

const golden = JSON.parse(readFileSync(resolve(import.meta.dirname, "../../golden/ros2-cdr.json"), "utf8")) as {
  cdr: Record<string, string>;
};
const bytesOf = (type: TypeName): Uint8Array => Uint8Array.from(Buffer.from(golden.cdr[type]!, "hex"));
const hex = (bytes: Uint8Array): string => Buffer.from(bytes).toString("hex");

const TYPES: TypeName[] = [
  "sensor_msgs/msg/JointState",
  "sensor_msgs/msg/Imu",
  "sensor_msgs/msg/Image",
  "sensor_msgs/msg/CompressedImage",
  "nav_msgs/msg/Odometry",
  "std_msgs/msg/Float64MultiArray",
  "trajectory_msgs/msg/JointTrajectory",
  "geometry_msgs/msg/Twist",
  "unitree_go/msg/LowCmd",
  "unitree_go/msg/LowState",
];

describe("messages are the bytes of rclpy", () => {
  test.each(TYPES)("%s, read and written", (type) => {
    expect(hex(encode(type, decode(type, bytesOf(type))))).toBe(golden.cdr[type]);
  });

  test("what is read is what was written there", () => {
    const state = decode("sensor_msgs/msg/JointState", bytesOf("sensor_msgs/msg/JointState"));
    expect(state.header).toEqual({ stamp: { sec: 12, nanosec: 345 }, frame_id: "base" });
    expect(state.name).toEqual(["a", "bb", "ccc"]);
    expect([...state.position]).toEqual([0.5, -1.25, 3]);
    expect(state.effort).toHaveLength(0);
    const image = decode("sensor_msgs/msg/Image", bytesOf("sensor_msgs/msg/Image"));
    expect(image).toMatchObject({ width: 2, height: 1, encoding: "rgb8", step: 6 });
    expect([...image.data]).toEqual([1, 2, 3, 4, 5, 6]);
    const low = decode("unitree_go/msg/LowState", bytesOf("unitree_go/msg/LowState"));
    expect(low.tick).toBe(1234);
    expect(low.power_v).toBe(28.5);
    expect(low.motor_state).toHaveLength(20);
  });
});

test.each(TYPES)("a %s that is cut off is refused by its type, and never read as another", (type) => {
  const whole = bytesOf(type);
  for (const length of [0, 3, 4, whole.length >> 1, whole.length - 5]) {
    expect(() => decode(type, whole.subarray(0, length))).toThrow(`expected a ${type}`);
  }
});

test("a message that goes on after its end is of another definition, and refused", () => {
  const longer = new Uint8Array([...bytesOf("geometry_msgs/msg/Twist"), 0, 0, 0, 0, 0, 0, 0, 0]);
  expect(() => decode("geometry_msgs/msg/Twist", longer)).toThrow(
    "expected a geometry_msgs/msg/Twist, found 8 bytes after",
  );
});

test("a length that cannot be is refused", () => {
  const bytes = bytesOf("std_msgs/msg/Float64MultiArray");
  new DataView(bytes.buffer).setUint32(12, 0xffffffff, true);
  expect(() => decode("std_msgs/msg/Float64MultiArray", bytes)).toThrow("expected a std_msgs/msg/Float64MultiArray");
});

describe("the Go2's checksum", () => {
  // Made by Unitree's C struct and loop (motor_crc.cpp), laid out by a C compiler's rules.
  const idle: LowCmd = lowCmd([]);

  test("of a command in which every motor is idle", () => {
    expect(idle.crc).toBe(0x06e577cd);
  });

  test("of a command with every field in use", () => {
    const command: LowCmd = {
      ...idle,
      frame_reserve: 7,
      sn: Uint32Array.of(0x01020304, 5),
      version: Uint32Array.of(0xfffffffe, 9),
      bandwidth: 0xabcd,
      motor_cmd: idle.motor_cmd.map((motor, i) =>
        i >= 12
          ? motor
          : {
              ...motor,
              q: 0.1 * i - 0.5,
              dq: 0,
              tau: -1.25,
              kp: 20 + i,
              kd: 0.5,
              reserve: Uint32Array.of(0, i * 1000003, 0),
            },
      ),
      bms_cmd: { off: 0xa5, reserve: Uint8Array.of(0, 0, 3) },
      wireless_remote: Uint8Array.from({ length: 40 }, (_, i) => (i * 5) % 256),
      led: Uint8Array.from({ length: 12 }, (_, i) => i),
      fan: Uint8Array.of(0, 200),
      gpio: 1,
      reserve: 0xdeadbeef,
      crc: 0,
    };
    expect(lowCmdCrc(command)).toBe(0x901dcbbf);
    expect(lowCmdCrc({ ...command, crc: 1 })).toBe(0x901dcbbf);
    expect(lowCmdCrc({ ...command, gpio: 0 })).not.toBe(0x901dcbbf);
  });

  test("is over what arrives: single precision survives the wire", () => {
    const sent = lowCmd([{ q: 0.1, kp: 20.3, kd: 0.7 }]);
    const arrived = decode(
      "unitree_go/msg/LowCmd",
      encode("unitree_go/msg/LowCmd", sent),
    ) as MessageTypes["unitree_go/msg/LowCmd"];
    expect(lowCmdCrc(arrived)).toBe(sent.crc);
    expect(arrived.crc).toBe(sent.crc);
  });
});
