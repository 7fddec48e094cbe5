import { parse } from "@foxglove/rosmsg";
import { MessageReader } from "@foxglove/rosmsg2-serialization";
import { expect, test } from "vitest";
import { StandardTopics } from "../../../runtime/log/standard-topics.ts";
import { CDR_LITTLE_ENDIAN } from "../../../runtime/log/topic.ts";
import type { JointSpec, RobotSpec } from "../../../runtime/robot.ts";

const joints = [{ name: "hip" }, { name: "knee" }] as unknown as JointSpec[];
const sample = {
  position: Float64Array.of(0.5, -1),
  velocity: Float64Array.of(2, 3),
  effort: Float64Array.of(4, 5),
  sensors: {
    pose: Float64Array.of(1, 0, 0.25, 0),
    gyro: Float64Array.of(6, 7, 8),
    push: Float64Array.of(0, 0, 9.81),
  },
};

function read(imu: RobotSpec["imu"]): Record<string, unknown> {
  const standard = new StandardTopics(imu === undefined ? { joints } : { joints, imu });
  const messages = standard.messages(1_000_000_002n, standard.pack(sample), 2);
  return Object.fromEntries(
    messages.map(({ channel, body }) => {
      const { name, definition } = standard.topics[channel - 2]!;
      const reader = new MessageReader(parse(definition, { ros2: true }));
      return [name, reader.readMessage(Buffer.concat([CDR_LITTLE_ENDIAN, body]))];
    }),
  );
}

const jointState = {
  header: { stamp: { sec: 1, nanosec: 2 }, frame_id: "" },
  name: ["hip", "knee"],
  position: sample.position,
  velocity: sample.velocity,
  effort: sample.effort,
};

test("what the joints measured is a JointState, and a robot without an IMU has no other", () => {
  expect(read(undefined)).toMatchObject({ "/joint_states": jointState });
  expect(Object.keys(read(undefined))).toEqual(["/joint_states"]);
});

test("an IMU's quaternion is turned the way ROS has it; what it does not measure is said", () => {
  const both = read({ orientation: "pose", angularVelocity: "gyro" });
  expect(both).toMatchObject({
    "/joint_states": jointState,
    "/imu": { orientation: { x: 0, y: 0.25, z: 0, w: 1 }, angular_velocity: { x: 6, y: 7, z: 8 } },
  });
  expect((both["/imu"] as { linear_acceleration_covariance: Float64Array }).linear_acceleration_covariance[0]).toBe(-1);
  const all = read({ orientation: "pose", angularVelocity: "gyro", linearAcceleration: "push" });
  expect(all["/imu"]).toMatchObject({ linear_acceleration: { x: 0, y: 0, z: 9.81 } });
});

test("numbers of another size make no message", () => {
  expect(new StandardTopics({ joints }).messages(0n, new Float64Array(5), 2)).toEqual([]);
});
