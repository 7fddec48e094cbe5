import { describe, expect, test } from "vitest";
import { Intake } from "../../../drivers/ros2/intake.ts";
import { encode } from "../../../drivers/ros2/messages/codec.ts";
import type { Image, Imu, JointState, Odometry } from "../../../drivers/ros2/messages/types.ts";
import { ImuStates } from "../../../drivers/ros2/state/imu.ts";
import { JointStates } from "../../../drivers/ros2/state/joint-states.ts";
import { OdometryStates } from "../../../drivers/ros2/state/odometry.ts";
import { assertImage, compressionOf, ImageStates, pictureOf } from "../../../drivers/ros2/state/picture.ts";

const at = (sec: number): JointState["header"] => ({ stamp: { sec, nanosec: 0 }, frame_id: "" });
const S = 1_000_000_000n;
const ARM = ["shoulder", "elbow", "wrist"];

function jointState(sec: number, parts: Partial<JointState> = {}): JointState {
  const name = ["wrist", "shoulder", "elbow"];
  const zeros = new Float64Array(3);
  return { header: at(sec), name, position: Float64Array.of(3, 1, 2), velocity: zeros, effort: zeros, ...parts };
}

function joints() {
  const lines: string[] = [];
  const report = (line: string): void => void lines.push(line);
  const device = new JointStates("/joint_states", ARM, report);
  const intake = new Intake(device, 10n * S, 5n * S, report);
  const receive = (state: JointState, nowS = state.header.stamp.sec): void =>
    intake.receive(encode("sensor_msgs/msg/JointState", state), BigInt(Math.round(nowS * 1000)) * 1_000_000n);
  receive(jointState(1, { position: Float64Array.of(-9, -9, -9) }));
  return { device, intake, lines, receive };
}

describe("joint states", () => {
  test("are matched by name, in whatever order, and dated on our clock", () => {
    const { device, intake, receive } = joints();
    expect(intake.timeNs).toBeUndefined();
    receive(jointState(2), 2.5);
    expect([...device.measured.position]).toEqual([1, 2, 3]);
    expect(intake.timeNs).toBe(2_500_000_000n);
    receive(jointState(3, { name: ["elbow", "wrist", "shoulder"], position: Float64Array.of(5, 6, 4) }), 3.6);
    expect([...device.measured.position]).toEqual([4, 5, 6]);
    expect(intake.timeNs).toBe(3_500_000_000n);
  });

  test.each([
    [
      "a joint that is missing",
      { name: ["wrist", "shoulder", "thumb"] },
      "expected the joints elbow, found only wrist, shoulder, thumb",
    ],
    [
      "a joint that is there twice",
      { name: ["wrist", "shoulder", "shoulder"] },
      "expected each joint once, found shoulder more than once",
    ],
    ["too few positions", { position: Float64Array.of(1, 2) }, "expected a position for 3 joints, found 2"],
    ["no positions", { position: new Float64Array(0) }, "expected a position for 3 joints, found 0"],
    ["too many velocities", { velocity: new Float64Array(4) }, "expected a velocity for 3 joints, found 4"],
    ["a position that is NaN", { position: Float64Array.of(1, 2, Number.NaN) }, "position of elbow is not finite: NaN"],
    [
      "an infinite effort",
      { effort: Float64Array.of(Number.NEGATIVE_INFINITY, 0, 0) },
      "effort of wrist is not finite: -Infinity",
    ],
  ])("%s is refused with the topic's name, and what was known stays", (_, parts, reason) => {
    const { device, intake, lines, receive } = joints();
    receive(jointState(2));
    receive(jointState(3, { ...parts }));
    expect([...device.measured.position]).toEqual([1, 2, 3]);
    expect(intake.timeNs).toBe(2n * S);
    expect(intake.counts).toEqual({ received: 3, refused: 1, repeated: 1 });
    expect(lines).toEqual([`/joint_states: ${reason}; refused`]);
    receive(jointState(4));
    expect(intake.timeNs).toBe(4n * S);
    expect(intake.refusal).toBeUndefined();
  });

  test("bytes that are no JointState are refused by topic and type", () => {
    const { intake, lines } = joints();
    intake.receive(Uint8Array.of(0, 1, 0, 0, 1, 2, 3), S);
    expect(lines[0]).toMatch(/^\/joint_states: expected a sensor_msgs\/msg\/JointState, found 7 bytes/);
  });

  test("what is refused again and again is told now and then, with how often", () => {
    const { lines, receive } = joints();
    for (let i = 0; i < 120; i++) receive(jointState(2, { position: new Float64Array(2) }), 2 + 0.1 * i);
    expect(lines).toHaveLength(3);
    expect(lines[1]).toMatch(/refused \(50 messages\)$/);
  });

  test("another reason is told at once, but not each of very many", () => {
    const { lines, receive } = joints();
    receive(jointState(2, { position: new Float64Array(2) }));
    receive(jointState(2, { position: Float64Array.of(0, 0, Number.NaN) }));
    expect(lines).toHaveLength(2);
    for (let i = 4; i < 30; i++) receive(jointState(2, { position: new Float64Array(i) }));
    expect(lines).toHaveLength(5);
  });

  test("joints of others are told of once and not used", () => {
    const { device, lines, receive } = joints();
    const more = { name: ["finger", "wrist", "shoulder", "elbow"], position: Float64Array.of(9, 3, 1, 2) };
    const zeros = { velocity: new Float64Array(4), effort: new Float64Array(4) };
    for (const sec of [2, 3, 4]) receive(jointState(sec, { ...more, ...zeros }));
    expect([...device.measured.position]).toEqual([1, 2, 3]);
    expect(lines).toEqual(["/joint_states: finger: no joints of this robot, not used"]);
  });

  test("velocities that are not sent are differences, efforts that are not sent are 0, and both are said", () => {
    const { device, lines, receive } = joints();
    const bare = { velocity: new Float64Array(0), effort: new Float64Array(0) };
    receive(jointState(2, bare));
    expect([...device.measured.velocity]).toEqual([0, 0, 0]);
    receive(jointState(4, { ...bare, position: Float64Array.of(3, 2, 2) }));
    expect([...device.measured.velocity]).toEqual([0.5, 0, 0]);
    expect(lines.map((line) => line.split(": ")[1])).toEqual(["velocities are not sent", "efforts are not sent"]);
  });
});

describe("an IMU", () => {
  const none = new Float64Array(9);
  const imu: Imu = {
    header: at(1),
    orientation: { w: 0.5, x: 0.5, y: -0.5, z: 0.5 },
    orientation_covariance: none,
    angular_velocity: { x: 1, y: 2, z: 3 },
    angular_velocity_covariance: none,
    linear_acceleration: { x: 0, y: 0, z: 9.81 },
    linear_acceleration_covariance: none,
  };

  test("gives orientation (w, x, y, z), gyro and acceleration", () => {
    const device = new ImuStates("/imu", true);
    device.check(imu);
    device.keep(imu);
    expect([...device.sensors.orientation!]).toEqual([0.5, 0.5, -0.5, 0.5]);
    expect([...device.sensors.gyro!]).toEqual([1, 2, 3]);
    expect([...device.sensors.acceleration!]).toEqual([0, 0, 9.81]);
  });

  test("without an orientation is refused where one is expected, and good where not", () => {
    const without = {
      ...imu,
      orientation: { w: 0, x: 0, y: 0, z: 0 },
      orientation_covariance: Float64Array.of(-1, 0, 0, 0, 0, 0, 0, 0, 0),
    };
    expect(() => new ImuStates("/imu", true).check(without)).toThrow("found that this IMU has none");
    const device = new ImuStates("/imu", false);
    device.check(without);
    expect(Object.keys(device.sensors)).toEqual(["gyro", "acceleration"]);
  });

  test("with numbers that are none, or no rotation, is refused", () => {
    const device = new ImuStates("/imu", true);
    const turned = { ...imu, angular_velocity: { x: 0, y: Number.NaN, z: 0 } };
    expect(() => device.check(turned)).toThrow("angular_velocity 1 is not finite: NaN");
    expect(() => device.check({ ...imu, orientation: { w: 0, x: 0, y: 0, z: 0 } })).toThrow("of length 1, found 0.000");
  });
});

test("odometry's velocity is turned from the base's frame into the odometry's", () => {
  const device = new OdometryStates("/odom", true);
  const half = Math.SQRT1_2; // a quarter turn to the left
  const message: Odometry = {
    header: at(1),
    child_frame_id: "base_link",
    pose: {
      pose: { position: { x: 1, y: 2, z: 3 }, orientation: { w: half, x: 0, y: 0, z: half } },
      covariance: new Float64Array(36),
    },
    twist: {
      twist: { linear: { x: 2, y: 0, z: 1 }, angular: { x: 0, y: 0, z: 0.5 } },
      covariance: new Float64Array(36),
    },
  };
  device.check(message);
  device.keep(message);
  const [x, y, z] = device.sensors.velocity!;
  expect(x).toBeCloseTo(0, 12);
  expect(y).toBeCloseTo(2, 12);
  expect(z).toBeCloseTo(1, 12);
  expect([...device.sensors.position!]).toEqual([1, 2, 3]);
  expect([...device.sensors.gyro!]).toEqual([0, 0, 0.5]);
  const broken = {
    ...message,
    twist: { ...message.twist, twist: { ...message.twist.twist, linear: { x: Number.NaN, y: 0, z: 0 } } },
  };
  expect(() => device.check(broken)).toThrow("linear twist 0 is not finite");
});

describe("images", () => {
  const image = (encoding: string, step: number, data: number[], parts: Partial<Image> = {}): Image => ({
    header: at(1),
    width: 2,
    height: 2,
    encoding,
    is_bigendian: 0,
    step,
    data: Uint8Array.from(data),
    ...parts,
  });

  test.each<[string, number, number[], number[]]>([
    ["rgb8", 6, [1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12], [1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12]],
    ["bgr8", 6, [3, 2, 1, 6, 5, 4, 9, 8, 7, 12, 11, 10], [1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12]],
    ["rgba8", 8, [1, 2, 3, 0, 4, 5, 6, 0, 7, 8, 9, 0, 10, 11, 12, 0], [1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12]],
    ["bgra8", 8, [3, 2, 1, 0, 6, 5, 4, 0, 9, 8, 7, 0, 12, 11, 10, 0], [1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12]],
    ["mono8", 2, [1, 2, 3, 4], [1, 1, 1, 2, 2, 2, 3, 3, 3, 4, 4, 4]],
    ["rgb8 in longer rows", 7, [1, 2, 3, 4, 5, 6, 99, 7, 8, 9, 10, 11, 12], [1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12]],
  ])("%s", (encoding, step, data, expected) => {
    for (const is_bigendian of [0, 1]) {
      const message = image(encoding.split(" ")[0]!, step, data, { is_bigendian });
      assertImage(message);
      expect([...pictureOf(message).data]).toEqual(expected);
    }
  });

  test.each<[string, Image, string]>([
    [
      "an encoding nobody knows",
      image("bayer_rggb8", 2, [1, 2, 3, 4]),
      'expected an image in rgb8, bgr8, rgba8, bgra8, mono8, found encoding "bayer_rggb8"',
    ],
    ["an encoding of two bytes", image("mono16", 4, new Array(8).fill(0)), 'found encoding "mono16"'],
    [
      "rows shorter than their pixels",
      image("rgb8", 5, new Array(12).fill(0)),
      "rows of at least 6 bytes for 2 rgb8 pixels, found 5",
    ],
    ["bytes that are missing", image("rgb8", 6, new Array(11).fill(0)), "expected 12 bytes for 2 × 2, found 11"],
    [
      "a size that lies",
      image("rgb8", 6, new Array(12).fill(0), { height: 4_000_000_000 }),
      "expected 24000000000 bytes",
    ],
  ])("%s is refused", (_, message, reason) => {
    expect(() => assertImage(message)).toThrow(reason);
  });

  test("the newest is kept although the message's bytes are used again", () => {
    const device = new ImageStates("/camera/image");
    const message = image("mono8", 2, [1, 2, 3, 4]);
    device.keep(message);
    message.data.fill(0);
    expect([...device.picture!.data.subarray(0, 4)]).toEqual([1, 1, 1, 2]);
  });

  test("compressed ones are known by their first bytes, whatever their format says", () => {
    expect(compressionOf(Uint8Array.of(0xff, 0xd8, 0xff, 0xd9))).toBe("jpeg");
    expect(compressionOf(Uint8Array.of(0x89, 0x50, 0x4e, 0x47))).toBe("png");
    expect(() => compressionOf(Uint8Array.of(1, 2))).toThrow(
      "expected a JPEG or PNG, found 2 bytes that begin with 0102",
    );
    expect(() => compressionOf(new Uint8Array(0))).toThrow("begin with nothing");
  });
});
