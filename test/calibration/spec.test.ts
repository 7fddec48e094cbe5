import { expect, test } from "vitest";
import { type Calibration, calibrationHash } from "../../calibration/file.ts";
import { calibratedSpec } from "../../calibration/spec.ts";
import { mountedRobot } from "../../drivers/mock/mounting.ts";
import { SO101_SPEC } from "../../robots/so101/joints.ts";
import { SO101_SERVOS } from "../../robots/so101/servos.ts";

const { calibration } = mountedRobot(SO101_SPEC, SO101_SERVOS, 0);
/** The same with one joint's counts otherwise. */
const otherwise = (name: string, change: Partial<Calibration["joints"][number]>): Calibration => ({
  ...calibration,
  joints: calibration.joints.map((joint) => (joint.name === name ? { ...joint, ...change } : joint)),
});

test("a machine's limits are the robot's, or narrower where a joint reaches less; its hash is part of it", () => {
  const whole = calibratedSpec(SO101_SPEC, calibration);
  expect(whole.joints).toEqual(SO101_SPEC.joints);
  expect(whole.calibration).toBe(calibrationHash(calibration));
  const { zero } = calibration.joints[2]!;
  const narrow = calibratedSpec(SO101_SPEC, otherwise("elbow_flex", { min: zero - 512, max: zero + 1000 }));
  const { min, max } = narrow.joints[2]!;
  expect(Math.min(-min, max)).toBeCloseTo(Math.PI / 4, 6);
  expect(Math.max(-min, max)).toBeCloseTo((1000 * 2 * Math.PI) / 4096, 6);
  expect(narrow.calibration).not.toBe(whole.calibration);
});

test("one that measured a joint elsewhere is refused, naming the joint and what to do", () => {
  const { zero } = calibration.joints[1]!;
  const wrong = otherwise("shoulder_lift", { min: zero + 1500, max: zero + 1600 });
  expect(() => calibratedSpec(SO101_SPEC, wrong)).toThrow(/so101: shoulder_lift: expected .* reverie calibrate so101/);
  const missing = { ...calibration, joints: calibration.joints.slice(1) };
  expect(() => calibratedSpec(SO101_SPEC, missing)).toThrow(/no joint "shoulder_pan"/);
});
