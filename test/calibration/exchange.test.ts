import { expect, test } from "vitest";
import { importCamera, importPose } from "../../calibration/camera-import.ts";
import { calibrationHash, parseCalibration } from "../../calibration/file.ts";
import { toRadians } from "../../calibration/joint.ts";
import { fromLeRobot, toLeRobot } from "../../calibration/lerobot.ts";
import { SO101_SPEC } from "../../robots/so101/joints.ts";
import { SO101_SERVOS } from "../../robots/so101/servos.ts";

const servos = SO101_SERVOS.servos.map(({ id, model }) => ({ id, model, countsPerTurn: 4096, direction: 1 as const }));
const motor = (id: number, range_min: number, range_max: number, homing_offset: number, drive_mode = 0) => ({
  ...{ id, drive_mode, homing_offset, range_min, range_max },
});
const LEROBOT = {
  shoulder_pan: motor(1, 790, 3304, -1234),
  shoulder_lift: motor(2, 912, 3190, 2047),
  elbow_flex: motor(3, 945, 3147, -2047),
  wrist_flex: motor(4, 970, 3126, 0, 1),
  wrist_roll: motor(5, 0, 4095, 17),
  gripper: motor(6, 1400, 2650, -3),
};
const made = (file: object): ReturnType<typeof fromLeRobot> =>
  fromLeRobot(SO101_SPEC, servos, JSON.stringify(file), "arm.json", "2026-11-21");

test("LeRobot's file becomes ours and LeRobot's again, number for number", () => {
  const calibration = made(LEROBOT);
  expect(JSON.parse(toLeRobot(calibration, servos))).toEqual(LEROBOT);
  expect(calibration.joints.map(({ direction }) => direction)).toEqual([1, 1, 1, -1, 1, 1]);
  // LeRobot's degrees: from the middle of the range. The gripper's limits are not about 0.
  expect(toRadians(calibration.joints[0]!, (790 + 3304) / 2)).toBeCloseTo(0, 12);
  expect(toRadians(calibration.joints[5]!, 2025)).toBeCloseTo((1.74533 - 0.174533) / 2, 6);
});

test.each([
  [
    "another robot's joints",
    { ...LEROBOT, left_arm: motor(7, 0, 10, 0) },
    /expected joints of so101, .*found left_arm; it is another robot's/,
  ],
  ["a missing joint", { shoulder_pan: LEROBOT.shoulder_pan }, /arm.json: no joint "shoulder_lift", only shoulder_pan/],
  ["another id", { ...LEROBOT, gripper: motor(1, 0, 10, 0) }, /gripper: expected id 6, found 1/],
  [
    "half a count",
    { ...LEROBOT, gripper: motor(6, 0.5, 10, 0) },
    /gripper: expected a whole number as range_min, found 0.5/,
  ],
  [
    "an empty range",
    { ...LEROBOT, gripper: motor(6, 10, 10, 0) },
    /gripper: expected range_min below range_max, found 10 and 10/,
  ],
  ["a drive mode of 2", { ...LEROBOT, gripper: motor(6, 1, 10, 0, 2) }, /gripper: expected drive_mode 0 or 1, found 2/],
])("of LeRobot's files, one with %s is refused", (_, file, message) => {
  expect(() => made(file)).toThrow(message);
});

const ROS = `image_width: 640
image_height: 480
camera_name: wrist
camera_matrix:
  rows: 3
  cols: 3
  data: [612.5,   0. , 321.25,
           0. , 611. , 239.5 ,
           0. ,   0. ,   1.  ]
distortion_model: plumb_bob
distortion_coefficients:
  rows: 1
  cols: 5
  data: [0.1, -0.2, 0.001, 0.0, 0.05]
rectification_matrix:
  rows: 3
  cols: 3
  data: [1, 0, 0, 0, 1, 0, 0, 0, 1]
projection_matrix:
  rows: 3
  cols: 4
  data: [600, 0, 321, 0, 0, 600, 239, 0, 0, 0, 1, 0]
`;
const OPENCV = JSON.stringify({
  ...{ image_width: 640, image_height: 480, rms: 0.21 },
  camera_matrix: [
    [612.5, 0, 321.25],
    [0, 611, 239.5],
    [0, 0, 1],
  ],
  dist_coeffs: [[0.1, -0.2, 0.001, 0, 0.05]],
});

test("a camera comes from ROS's YAML and from OpenCV's JSON alike", () => {
  const ros = importCamera("wrist", ROS, "wrist.yaml");
  expect(ros.matrix).toEqual([612.5, 0, 321.25, 0, 611, 239.5, 0, 0, 1]);
  expect(ros.distortion).toEqual([0.1, -0.2, 0.001, 0, 0.05]);
  expect(importCamera("wrist", OPENCV, "wrist.json")).toEqual({ ...ros, rms: 0.21 });
});

test.each([
  [
    "images of another size",
    ROS.replace("640", "320"),
    /camera wrist: expected its centre within 320×480, found 321.25/,
  ],
  ["a list that does not end", ROS.replace("0, 0, 1, 0]", "0, 0, 1, 0"), /line 22: expected "]"/],
  ["a word in a matrix", ROS.replace("612.5", "wide"), /line 7: expected a number, found "wide"/],
  ["an unknown model", ROS.replace("plumb_bob", "fisheye9"), /model: expected one of plumb_bob, .*found "fisheye9"/],
  [
    "too few coefficients",
    ROS.replace("[0.1, -0.2,", "["),
    /distortion: expected 4 or 5 numbers for plumb_bob, found 3/,
  ],
  ["no size", ROS.replace("image_width: 640\n", ""), /expected a width and height/],
  ["damage", "{", /wrist.yaml: not JSON/],
])("a camera with %s is refused, naming the place", (_, text, message) => {
  expect(() => importCamera("wrist", text, "wrist.yaml")).toThrow(message);
});

test("where a camera sits comes as a matrix or as position and rotation, in metres", () => {
  const half = Math.SQRT1_2;
  const matrix = [
    [0, -1, 0, 0.1],
    [1, 0, 0, 0.2],
    [0, 0, 1, 0.3],
    [0, 0, 0, 1],
  ];
  const pose = importPose(JSON.stringify({ matrix }), "pose.json");
  expect(pose.position).toEqual([0.1, 0.2, 0.3]);
  for (const [k, value] of [half, 0, 0, half].entries()) expect(pose.rotation[k]).toBeCloseTo(value, 12);
  expect(importPose(JSON.stringify(pose), "pose.json")).toEqual(pose);
  const scaled = matrix.map((row) => row.map((each) => 1000 * each));
  expect(() => importPose(JSON.stringify({ matrix: scaled }), "pose.json")).toThrow(
    /pose.json: pose.matrix: expected a rotation and metres/,
  );
});

test("a file keeps camera, IMU and latency; a latency measured again makes no other machine, a moved camera does", async () => {
  const { saveCalibration, loadCalibration } = await import("../../calibration/file.ts");
  const { mkdtempSync, rmSync, readFileSync } = await import("node:fs");
  const { tmpdir } = await import("node:os");
  const directory = mkdtempSync(`${tmpdir()}/reverie-exchange-`);
  const path = `${directory}/so101.json`;
  const latency = (median: number) => [{ joint: "gripper", median, p90: 9, trials: 3 }];
  const imu = { mounting: [1, 0, 0, 0], gyroBias: [0.1, 0, 0] } as const;
  const full = { ...made(LEROBOT), imu, cameras: [importCamera("wrist", ROS, "w")], latency: latency(8) };
  saveCalibration(full, path);
  expect(loadCalibration("so101", path)).toEqual(full);
  expect(calibrationHash({ ...full, latency: latency(80) })).toBe(calibrationHash(full));
  expect(calibrationHash({ ...full, cameras: [] })).not.toBe(calibrationHash(full));
  const text = readFileSync(path, "utf8");
  expect(() => parseCalibration("so101", text.replace('"median": 8', '"median": 7'), path)).toThrow(
    /changed by hand or damaged/,
  );
  expect(() => parseCalibration("so101", text.replace("plumb_bob", "none"), path)).toThrow(/camera wrist: model/);
  rmSync(directory, { recursive: true });
});
