import { expect, test } from "vitest";
import type { Step, StepSchema } from "../../../runtime/step.ts";
import { decodeSteps, encodeSteps, rowSequence, stepLayout } from "../../../runtime/wire/step-codec.ts";
import { fc } from "../../properties.ts";

const schema: StepSchema = {
  robot: "arm",
  task: "reach",
  observation: [
    { name: "eye", dtype: "uint8", shape: [1, 2, 3], units: ["1"] },
    { name: "angle", dtype: "float32", shape: [2], units: ["rad", "rad"] },
  ],
  action: ["a"],
  joints: ["j1", "j2"],
  policyRateHz: 20,
  rewardOffset: 0,
  canTerminate: true,
};
const layout = stepLayout(schema);

const step: Step = {
  sequence: 258,
  episode: 3,
  index: 4,
  timeNs: 50_000_000n,
  observation: { angle: Float32Array.of(0.5, -1) },
  action: Float32Array.of(1),
  command: Float32Array.of(2, -0.25),
  reward: 1.5,
  isFirst: true,
  isLast: false,
  isTerminal: true,
  policyVersion: 7,
  intervened: false,
};

test("a row is these bytes", () => {
  expect(Buffer.from(encodeSteps(layout, [step])).toString("hex")).toBe(
    [
      "0201000000000000", // sequence
      "80f0fa0200000000", // time
      "000000000000f83f", // reward
      "03000000",
      "04000000",
      "07000000",
      "01000100", // first, not last, terminal, not intervened
      "0000003f000080bf", // angle
      "0000803f", // action
      "00000040000080be", // command
    ].join(""),
  );
});

const float32 = fc.float({ noNaN: true, noDefaultInfinity: true });
const floats = (length: number) =>
  fc.array(float32, { minLength: length, maxLength: length }).map((values) => Float32Array.from(values));
const uint32 = fc.integer({ min: 0, max: 2 ** 32 - 1 });
const anyStep: fc.Arbitrary<Step> = fc.record({
  sequence: fc.maxSafeNat(),
  episode: uint32,
  index: uint32,
  timeNs: fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n }),
  observation: fc.record({ angle: floats(2) }),
  action: floats(1),
  command: floats(2),
  reward: fc.double({ noNaN: true, noDefaultInfinity: true }),
  isFirst: fc.boolean(),
  isLast: fc.boolean(),
  isTerminal: fc.boolean(),
  policyVersion: uint32,
  intervened: fc.boolean(),
});

test("any steps come back as they were, also from the middle of a buffer", () => {
  fc.assert(
    fc.property(fc.array(anyStep, { maxLength: 4 }), fc.nat(9), (steps, shift) => {
      const bytes = encodeSteps(layout, steps);
      const shifted = new Uint8Array(bytes.length + shift);
      shifted.set(bytes, shift);
      expect(decodeSteps(layout, shifted.subarray(shift))).toEqual(steps);
      steps.forEach((one, row) => {
        expect(rowSequence(layout, bytes, row)).toBe(one.sequence);
      });
    }),
  );
});

test("what was decoded does not share memory with what came in", () => {
  const bytes = Buffer.from(encodeSteps(layout, [step]));
  const [decoded] = decodeSteps(layout, bytes);
  bytes.fill(0);
  expect(decoded).toEqual(step);
});

test.each([
  [{ action: new Float32Array(2) }, "step 258: expected action as 1 float32, found 2 of Float32Array"],
  [{ action: Float32Array.of(Number.NaN) }, "step 258: expected action[0] finite, found NaN"],
  [{ reward: Number.POSITIVE_INFINITY }, "step 258: expected reward[0] finite, found Infinity"],
  [{ observation: {} }, "step 258: expected angle as 2 float32, found undefined"],
])("a step that does not fit the schema is not written: %o", (change, message) => {
  expect(() => encodeSteps(layout, [{ ...step, ...change }])).toThrow(message);
});

test("a torn row, an unknown flag and a number that is not finite are refused", () => {
  const bytes = encodeSteps(layout, [step]);
  expect(() => decodeSteps(layout, bytes.subarray(1))).toThrow(
    "step rows: expected whole rows of 60 bytes, found 59 bytes",
  );
  expect(() => decodeSteps(layout, bytes.with(37, 2))).toThrow(
    "step 258: expected isFirst, isLast, isTerminal, intervened each 0 or 1, found 1, 2, 1, 0",
  );
  expect(() => decodeSteps(layout, bytes.with(42, 0x80).with(43, 0x7f))).toThrow("expected angle[0] finite");
});
