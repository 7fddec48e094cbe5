import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { afterAll, expect, test } from "vitest";
import {
  type Calibration,
  calibrationHash,
  jointsOf,
  loadCalibration,
  parseCalibration,
  saveCalibration,
} from "../../calibration/file.ts";
import { type JointCalibration, jointUnits, toCounts, toRadians } from "../../calibration/joint.ts";
import { fc } from "../properties.ts";

const directory = mkdtempSync(join(tmpdir(), "reverie-calibration-"));
afterAll(() => rmSync(directory, { recursive: true, force: true }));

const elbow: JointCalibration = {
  name: "elbow",
  id: 3,
  model: 777,
  countsPerTurn: 4096,
  zero: 2100,
  direction: -1,
  min: 900,
  max: 3000,
  homingOffset: -120,
};
const arm: Calibration = {
  robot: "arm",
  created: "2026-11-21T10:00:00.000Z",
  serials: ["5A46081234"],
  method: "sweep",
  joints: [elbow, { ...elbow, name: "wrist", id: 4, direction: 1, homingOffset: null }],
};

test("a calibration comes back from its file, and its hash stays", () => {
  const path = join(directory, "deep", "arm.json");
  saveCalibration(arm, path);
  const loaded = loadCalibration("arm", path);
  expect(loaded).toEqual(arm);
  expect(calibrationHash(loaded)).toBe(calibrationHash(arm));
});

test("a robot without a calibration does not move and names the command", () => {
  const path = join(directory, "none.json");
  expect(() => loadCalibration("arm", path)).toThrow(
    `arm: no calibration at ${path}, so it does not move; measure it with: reverie calibrate arm`,
  );
});

test("the example is a valid file", () => {
  const path = resolve(import.meta.dirname, "../../calibration/example.json");
  expect(parseCalibration("so101", readFileSync(path, "utf8"), path).joints).toHaveLength(6);
});

test.each([
  ["a file changed by hand", (text: string) => text.replace("2100", "2101"), /expected sha256 .*changed by hand/],
  ["another schema", (text: string) => text.replace('"schema": 1', '"schema": 2'), /expected schema 1, found 2/],
  ["another robot", (text: string) => text.replace('"arm"', '"leg"'), /expected robot "arm", found "leg"/],
  ["half a file", (text: string) => text.slice(0, 200), /not JSON/],
  [
    "a direction of 0",
    (text: string) => text.replace('"direction": -1', '"direction": 0'),
    /joint elbow: direction cannot be 0/,
  ],
  ["an empty range", (text: string) => text.replace('"min": 900', '"min": 3000'), /elbow: expected min below max/],
  ["two joints on one servo", (text: string) => text.replace('"id": 4', '"id": 3'), /an id of its own/],
  ["a missing zero", (text: string) => text.replace('"zero": 2100,', ""), /elbow: zero cannot be undefined/],
])("%s is refused, naming what is wrong", (_, change, message) => {
  const path = join(directory, "changed.json");
  saveCalibration(arm, path);
  writeFileSync(path, change(readFileSync(path, "utf8")));
  expect(() => loadCalibration("arm", path)).toThrow(message);
});

test("joints come in the robot's order, and one that was not measured is named", () => {
  expect(jointsOf(arm, ["wrist", "elbow"]).map(({ id }) => id)).toEqual([4, 3]);
  expect(() => jointsOf(arm, ["jaw"])).toThrow(/no joint "jaw" in its calibration, only elbow, wrist/);
});

test("counts become rad and back; beyond the range a target stays at its end", () => {
  expect(toRadians(elbow, 2100)).toBeCloseTo(0, 12);
  expect(toRadians(elbow, 2100 - 1024)).toBeCloseTo(Math.PI / 2, 12);
  expect(toCounts(elbow, Math.PI)).toBe(900);
  expect(toCounts(elbow, -Math.PI)).toBe(3000);
  expect(() => toCounts(elbow, Number.NaN)).toThrow(/elbow: expected a finite angle, found NaN/);
  fc.assert(
    fc.property(fc.integer({ min: 900, max: 3000 }), fc.constantFrom<1 | -1>(1, -1), (counts, direction) => {
      const joint = { ...elbow, direction };
      expect(toCounts(joint, toRadians(joint, counts))).toBe(counts);
    }),
  );
});

test("a joint's range in rad is in order whichever way its counts run", () => {
  for (const direction of [1, -1] as const) {
    const { min, max } = jointUnits({ ...elbow, direction });
    expect(min).toBeLessThan(max);
    expect(max - min).toBeCloseTo((2100 * 2 * Math.PI) / 4096, 12);
  }
});
