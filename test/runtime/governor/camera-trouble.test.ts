import { expect, test } from "vitest";
import { RUNTIME_DEFAULTS } from "../../../runtime/defaults.ts";
import { cameraTrouble } from "../../../runtime/governor/camera-trouble.ts";
import { safetyPage } from "../../../runtime/governor/safety-page.ts";
import { Watchdogs } from "../../../runtime/governor/watchdogs.ts";
import type { Image, ImageHealth, ImageSpec, RobotSpec, Sample } from "../../../runtime/robot.ts";
import { spec, task } from "./fakes.ts";

const WRIST: ImageSpec = {
  name: "wrist",
  shape: [2, 2, 3],
  watch: { age: 0.2, frozen: 1, rate: 20, brightness: 5 },
};
const FINE: ImageHealth = { age: 0.03, frozenFor: 0, rate: 30, brightness: 90 };

function image(health: Partial<ImageHealth> = {}, changes: Partial<Image> = {}): Image {
  const frame = new Uint8Array(12);
  return { frame, shape: WRIST.shape, timeNs: 1n, sequence: 7, health: { ...FINE, ...health }, ...changes };
}

test("a camera that is as it should be gives no trouble, nor does a robot without one", () => {
  expect(cameraTrouble([WRIST], { wrist: image() }, 0n)).toBeUndefined();
  expect(cameraTrouble(undefined, undefined, 0n)).toBeUndefined();
});

test.each<[string, Image | undefined, string]>([
  ["missing", undefined, "wrist: expected an image, found none in the sample"],
  [
    "not there yet",
    image({ age: Number.POSITIVE_INFINITY }, { sequence: 0 }),
    "wrist: expected a frame, found none yet",
  ],
  ["too old", image({ age: 0.25 }), "wrist: expected a frame of at most 0.2 s, found one of 0.250 s"],
  [
    "of an age nobody knows",
    image({ age: Number.NaN }),
    "wrist: expected a frame of at most 0.2 s, found one of NaN s",
  ],
  ["frozen", image({ frozenFor: 1.5 }), "wrist: expected a new picture every 1 s, found the same for 1.500 s"],
  ["slow", image({ rate: 12.25 }), "wrist: expected at least 20 frames a second, found 12.3"],
  ["black", image({ brightness: 1 }), "wrist: expected a brightness of at least 5, found 1.0: covered, or dark"],
  [
    "of another size",
    image({}, { frame: new Uint8Array(3) }),
    "wrist: expected frames of 2 × 2 × 3, 12 bytes, found 3",
  ],
])("an image that is %s is named with its camera", (_, wrist, text) => {
  expect(cameraTrouble([WRIST], wrist === undefined ? {} : { wrist }, 0n)).toBe(text);
});

test("the cause and since when are said where they are known", () => {
  const fault = { text: "ffmpeg ended with code 1: /dev/video0: No such device", sinceNs: 2_000_000_000n };
  expect(cameraTrouble([WRIST], { wrist: image({ age: 3, fault }) }, 4_500_000_000n)).toBe(
    "wrist: expected a frame of at most 0.2 s, found one of 3.000 s: ffmpeg ended with code 1: /dev/video0: No such device, for 2.5 s",
  );
});

test("what a robot does not ask of a camera is no trouble, nor a rate that is not known yet", () => {
  const watch = { age: 0.2, frozen: null, rate: null, brightness: null };
  const bad = image({ frozenFor: 99, rate: 1, brightness: 0 });
  expect(cameraTrouble([{ ...WRIST, watch }], { wrist: bad }, 0n)).toBeUndefined();
  expect(cameraTrouble([WRIST], { wrist: image({ rate: 0 }) }, 0n)).toBeUndefined();
});

test("the watchdog holds a robot whose camera fails until it is well, and the safety page says so", () => {
  const robot: RobotSpec = { ...spec, images: [WRIST] };
  const dogs = new Watchdogs(robot, RUNTIME_DEFAULTS.watchdogs);
  const zero = new Float64Array(spec.joints.length);
  const tick = (nowNs: bigint, wrist: Image) => {
    const sample: Sample = {
      timeNs: nowNs,
      position: zero,
      velocity: zero,
      effort: zero,
      sensors: {},
      images: { wrist },
    };
    return dogs.check({ sample, nowNs, command: undefined, missedTicks: 0, surprise: undefined });
  };
  expect(tick(1n, image())).toEqual([]);
  expect(tick(2n, image({ age: 0.3 }))).toMatchObject([{ watchdog: "camera", kind: "hold" }]);
  expect(tick(3n, image({ age: 0.3 }))).toEqual([]);
  expect(dogs.blocking()).toContain("camera: wrist");
  expect(dogs.counts.camera).toBe(1);
  tick(4n, image());
  expect(dogs.blocking()).toBeUndefined();
  const line = (of: RobotSpec) => safetyPage(of, task, RUNTIME_DEFAULTS).find((line) => line.includes("camera "));
  expect(line(robot)).toContain(
    "wrist: none or older than 200 ms, the same for 1000 ms, fewer than 20 a second, darker than 5 of 255 → ",
  );
  expect(line(spec)).toContain("not watched");
});
