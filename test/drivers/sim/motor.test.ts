import { expect, test } from "vitest";
import { limitEffort } from "../../../drivers/sim/motor.ts";
import { A1_SPEC } from "../../../robots/a1/joints.ts";
import { fc } from "../../properties.ts";

const joint = A1_SPEC.joints[0]!;

test.each([
  { effort: 50, velocity: 0, given: 33.5 },
  { effort: -50, velocity: 10, given: -33.5 },
  { effort: 50, velocity: 15.5, given: 16.75 },
  { effort: -50, velocity: -15.5, given: -16.75 },
  { effort: 50, velocity: 21, given: 0 },
  { effort: 5, velocity: 15.5, given: 5 },
  { effort: -50, velocity: 21, given: -33.5 },
  { effort: -50, velocity: 80, given: -33.5 },
])("asked for $effort N·m at $velocity rad/s it gives $given", ({ effort, velocity, given }) => {
  expect(limitEffort(joint, 10, effort, velocity)).toBeCloseTo(given, 12);
});

test("it never gives more than was asked, more than the limit, or the other direction", () => {
  const any = fc.double({ min: -200, max: 200, noNaN: true });
  fc.assert(
    fc.property(any, any, (effort, velocity) => {
      const given = limitEffort(joint, 10, effort, velocity);
      expect(Math.abs(given)).toBeLessThanOrEqual(Math.min(Math.abs(effort), joint.effortLimit));
      expect(given * effort).toBeGreaterThanOrEqual(0);
    }),
  );
});
