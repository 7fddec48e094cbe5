import { expect, test } from "vitest";
import { featuresOf } from "../../../../runtime/log/lerobot/features.ts";
import type { DatasetInfo, Features } from "../../../../runtime/log/lerobot/format.ts";
import { type Mapping, ownMapping, parseMapping } from "../../../../runtime/log/lerobot/mapping.ts";
import { selectionOf } from "../../../../runtime/log/lerobot/selection.ts";
import { BLIND, SEEING } from "./recorded.ts";

const FEATURES: Features = {
  "observation.state": { dtype: "float32", shape: [4], names: ["a", "b", "c", "d"] },
  action: { dtype: "float32", shape: [2], names: null },
};
const info = (features: Features, fps = 20): DatasetInfo => ({
  codebase_version: "v3.0",
  robot_type: null,
  total_episodes: 1,
  total_frames: 1,
  fps,
  data_path: "",
  video_path: null,
  features,
});
const MAPPING: Mapping = {
  observation: {
    joints: [{ feature: "observation.state", names: ["c", "a"], scale: 2, offset: 1 }],
    imu: [{ feature: "observation.state", from: 3 }],
  },
  action: [{ feature: "action" }],
};

test("numbers are taken by name or place, in the order asked for, scaled", () => {
  const { observation, action } = selectionOf(MAPPING, BLIND, info(FEATURES));
  const frame = { "observation.state": [1, 2, 3, 4], action: [0.5, -0] };
  expect(observation.joints!(frame)).toEqual(Float32Array.of(7, 3));
  expect(observation.imu!(frame)).toEqual(Float32Array.of(4));
  expect(action(frame)).toEqual(Float32Array.of(0.5, -0));
});

test("what a run exports maps onto its robot by itself", () => {
  const features = featuresOf(SEEING, "png");
  const { observation, images, command } = selectionOf(ownMapping(SEEING, features), SEEING, info(features));
  const frame = { "observation.state": [1, 2, 3], "action.command": [4, 5] };
  expect(observation.imu!(frame)).toEqual(Float32Array.of(3));
  expect(images).toEqual({ eye: "observation.images.eye", grey: "observation.images.grey" });
  expect(command!(frame)).toEqual(Float32Array.of(4, 5));
});

test("every difference is told at once, and what the dataset has", () => {
  const wrong = { ...MAPPING, observation: { joints: [{ feature: "observation.state", names: ["x"] }], toes: [] } };
  const told = () => selectionOf(wrong, BLIND, info({ ...FEATURES, action: { ...FEATURES.action!, shape: [3] } }, 30));
  expect(told).toThrow(/rate: expected 20 frames a second, found 30/);
  expect(told).toThrow(/joints: expected "x" in observation.state, found a, b, c, d/);
  expect(told).toThrow(/imu: expected 1 numbers, found nothing mapped to it/);
  expect(told).toThrow(/toes: expected one of joints, imu in the observation/);
  expect(told).toThrow(/action: expected 2 numbers, found 3 in action \[3\]/);
  expect(told).toThrow(/It has observation.state \[4\], action \[3\]; --map <file> says what is what/);
  expect(() => selectionOf(ownMapping(SEEING, FEATURES), SEEING, info(FEATURES))).toThrow(
    /eye: expected a feature "observation.images.eye", found none/,
  );
});

test.each([
  ["{", /m: expected JSON/],
  ['{"action":"a"}', /m: observation: expected an object, found nothing/],
  ['{"observation":{},"action":[7]}', /m: action: expected an object, found 7/],
  ['{"observation":{"x":{"feature":"f","too":1}},"action":"a"}', /m: observation.x: expected a feature's name, or/],
  ['{"observation":{},"action":"a","reward":"r"}', /expected observation, action and command, found "reward"/],
])("%s is no mapping file", (text, message) => {
  expect(() => parseMapping(text, "m")).toThrow(message);
});

test("a mapping file's short form is a feature as a whole", () => {
  expect(parseMapping('{"observation":{"arm":"s"},"action":["a","b"]}', "m")).toEqual({
    observation: { arm: [{ feature: "s" }] },
    action: [{ feature: "a" }, { feature: "b" }],
  });
});
