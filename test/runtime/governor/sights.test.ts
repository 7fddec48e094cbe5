import { expect, test } from "vitest";
import { RUNTIME_DEFAULTS } from "../../../runtime/defaults.ts";
import type { Image, ImageSpec } from "../../../runtime/robot.ts";
import { rig, spec } from "./fakes.ts";

const EYE: ImageSpec = {
  name: "eye",
  shape: [1, 2, 3],
  watch: { age: 1, frozen: null, rate: null, brightness: null },
};

function image(frame: Uint8Array): Image {
  const health = { age: 0.01, frozenFor: 0, rate: 30, brightness: 90 };
  return { frame, shape: EYE.shape, timeNs: 1n, sequence: 1, health };
}

test("steps have the newest frame of each camera; the policy is asked without", async () => {
  const seeing = { ...spec, images: [EYE] };
  const { driver, steps, questions, runFor } = rig(
    ({ tick }, inbox) => inbox.deliver({ tick, action: new Float32Array(2), policyVersion: 1, surprise: 0 }),
    { spec: seeing },
  );
  const frame = Uint8Array.of(1, 2, 3, 4, 5, 6);
  driver.sample = { images: { eye: image(frame), other: image(new Uint8Array(1)) } };
  await runFor(3);
  expect(steps.length).toBeGreaterThan(0);
  for (const { observation } of steps) {
    expect(Object.keys(observation)).toEqual(["count", "eye"]);
    expect(observation.eye).toBe(frame);
  }
  for (const { observation } of questions) expect(Object.keys(observation)).toEqual(["count"]);
});

test.each([
  ["of another size", { eye: image(new Uint8Array(5)) }, "expected frames of 1 × 2 × 3, 6 bytes, found 5"],
  ["missing", {}, "expected an image, found none in the sample"],
])(
  "where the watchdog only warns, a frame that is %s is black in its step, and ends nothing",
  async (_, images, text) => {
    const { driver, steps, notes, runFor } = rig(
      ({ tick }, inbox) => inbox.deliver({ tick, action: new Float32Array(2), policyVersion: 1, surprise: 0 }),
      {
        spec: { ...spec, images: [EYE] },
        watchdogs: { ...RUNTIME_DEFAULTS.watchdogs, camera: { trip: "warn", holdOffMs: 0 } },
      },
    );
    driver.sample = { images };
    await runFor(4);
    expect(steps.length).toBeGreaterThan(2);
    for (const { observation } of steps) expect(observation.eye).toEqual(new Uint8Array(6));
    expect(notes.join()).toContain(`camera: eye: ${text}`);
  },
);
