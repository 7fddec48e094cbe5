import { expect, test } from "vitest";
import { PART_BYTES, PolicyIntake, policyParts } from "../../../runtime/wire/policy-parts.ts";
import { draws, fc } from "../../properties.ts";
import { policyParts as bundleParts } from "../policy/bundles.ts";

const { manifest } = bundleParts(3, 1);
const bytes = (length: number): Uint8Array => Uint8Array.from({ length }, (_, i) => (i * 31) % 251);

test("weights and graph of any length arrive as they were sent, whole with the last part alone", () => {
  const length = fc.integer({ min: 0, max: 3 * PART_BYTES + 1 });
  fc.assert(
    fc.property(length, length, (weightsBytes, graphBytes) => {
      fc.pre(weightsBytes + graphBytes > 0);
      const [weights, graph] = [bytes(weightsBytes), bytes(graphBytes).reverse()];
      const parts = policyParts(weights, graph);
      expect(parts.every((part) => part.length > 0 && part.length <= PART_BYTES)).toBe(true);
      const intake = new PolicyIntake(manifest, { weightsBytes, graphBytes });
      const wholes = parts.map((part, index) => intake.add(index, part));
      expect(wholes.slice(0, -1).every((whole) => whole === undefined)).toBe(true);
      expect(Buffer.compare(wholes.at(-1)!.weights, weights)).toBe(0);
      expect(Buffer.compare(wholes.at(-1)!.graph, graph)).toBe(0);
    }),
    { numRuns: draws(50) },
  );
});

test("sizes that no policy has, parts out of turn and parts too long are refused", () => {
  for (const weightsBytes of [-1, 0.5, Number.NaN, 2 ** 40, "9" as never]) {
    expect(() => new PolicyIntake(manifest, { weightsBytes, graphBytes: 0 })).toThrow(
      "policy 3: expected weightsBytes",
    );
  }
  const intake = new PolicyIntake(manifest, { weightsBytes: 10, graphBytes: 5 });
  expect(() => intake.add(1, bytes(3))).toThrow("policy 3: expected part 0, found 1");
  expect(() => intake.add(0, bytes(11))).toThrow("at most 10 bytes, found 11");
  expect(() => intake.add(0, bytes(0))).toThrow("found 0");
  expect(intake.add(0, bytes(10))).toBeUndefined();
  expect(() => intake.add(1, bytes(6))).toThrow("at most 5 bytes, found 6");
  expect(intake.add(1, bytes(5))).toBeDefined();
});
