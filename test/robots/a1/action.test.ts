import { expect, test } from "vitest";
import { HIGH, LOW, mapAction } from "../../../robots/a1/action.ts";
import { A1_GESTURES } from "../../../robots/a1/gestures.ts";
import { fc } from "../../properties.ts";

const map = (action: ArrayLike<number>) => {
  const out = new Float64Array(12);
  mapAction(action, out);
  return out;
};

// DayDreamer's ranges, worked by hand from the URDF's limits and the fractions used.
test("the middle of every action is the middle of the joint's used range", () => {
  const middle = map(new Float64Array(12));
  for (let leg = 0; leg < 4; leg++) {
    expect(middle[3 * leg]).toBeCloseTo(0, 5);
    expect(middle[3 * leg + 1]).toBeCloseTo(1.335177, 5);
    expect(middle[3 * leg + 2]).toBeCloseTo(-2.153562, 5);
  }
});

test.each([
  { joint: 0, low: -0.786794, high: 0.786794 },
  { joint: 1, low: -0.994838, high: 3.665191 },
  { joint: 2, low: -2.678731, high: -1.628392 },
])("joint $joint of a leg goes from $low to $high rad", ({ joint, low, high }) => {
  for (let i = joint; i < 12; i += 3) {
    expect(map(new Float64Array(12).fill(-1))[i]).toBeCloseTo(low, 5);
    expect(map(new Float64Array(12).fill(1))[i]).toBeCloseTo(high, 5);
  }
});

test("whatever is asked, the target stays in the used range", () => {
  const anything = fc.array(fc.double({ noNaN: true }), { minLength: 12, maxLength: 12 });
  fc.assert(
    fc.property(anything, (action) => {
      map(action).forEach((target, i) => {
        expect(target).toBeGreaterThanOrEqual(LOW[i]! - 1e-12);
        expect(target).toBeLessThanOrEqual(HIGH[i]! + 1e-12);
      });
    }),
  );
});

test("NaN stays NaN, for the limits behind it to refuse", () => {
  expect(map(new Float64Array(12).fill(Number.NaN)).every(Number.isNaN)).toBe(true);
});

test("an action goes where its gesture says", () => {
  for (const [name, leg] of [
    ["stand", [0, 0.9, -1.8]],
    ["crouch", [0, 1.3, -2.6]],
  ] as const) {
    const { action } = A1_GESTURES.find((gesture) => gesture.name === name)!;
    for (const [i, angle] of map(Float32Array.from(action)).entries()) expect(angle).toBeCloseTo(leg[i % 3]!, 5);
  }
});
