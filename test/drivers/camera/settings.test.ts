import { expect, test } from "vitest";
import { CAMERA_DEFAULTS, type CameraSettings, cameraSettings } from "../../../drivers/camera/settings.ts";

const GOOD: CameraSettings = {
  name: "wrist",
  shape: [64, 48, 3],
  source: { kind: "ffmpeg", input: { from: "test", rateHz: 30 }, width: 640, height: 480, scaledBy: "ffmpeg" },
};
const source = (changes: object) => ({ source: { ...GOOD.source, ...changes } }) as Partial<CameraSettings>;

test("what is not said is as the defaults have it", () => {
  expect(cameraSettings({ ...GOOD, silentMs: 500 })).toEqual({ ...CAMERA_DEFAULTS, ...GOOD, silentMs: 500 });
});

test.each<[Partial<CameraSettings>, string]>([
  [{ name: "a/b" }, 'camera a/b: name: expected letters, digits, _ and -, found "a/b"'],
  [{ shape: [64, 48, 2] }, "camera wrist: shape: expected height, width and 1 or 3, found [64,48,2]"],
  [{ shape: [0, 48, 3] }, "camera wrist: height: expected a whole number from 1 up, found 0"],
  [{ shape: [64, 4.5, 3] }, "camera wrist: width: expected a whole number from 1 up, found 4.5"],
  [{ resize: "best" as "area" }, 'camera wrist: resize: expected area or nearest, found "best"'],
  [{ silentMs: Number.NaN }, "camera wrist: silentMs: expected at least 1, found NaN"],
  [{ delay: -1 }, "camera wrist: delay: expected at least 0, found -1"],
  [
    { crop: { x: 0, y: 0, width: 0, height: 4 } },
    "camera wrist: crop.width: expected a whole number from 1 up, found 0",
  ],
  [
    { crop: { x: 600, y: 0, width: 64, height: 64 } },
    "camera wrist: crop: expected a rectangle in 640 × 480, found 64 × 64 at 600, 0",
  ],
  [source({ width: 0 }), "camera wrist: source.width: expected a whole number from 1 up, found 0"],
  [source({ input: { from: "test", rateHz: 0 } }), "camera wrist: source.rateHz: expected a number above 0, found 0"],
])("%j is refused by name", (changes, message) => {
  expect(() => cameraSettings({ ...GOOD, ...changes })).toThrow(message);
});
