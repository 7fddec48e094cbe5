import { decode, encode } from "@msgpack/msgpack";
import { expect, test } from "vitest";
import { checkManifest } from "../../../runtime/wire/manifest-check.ts";
import { checkMessage } from "../../../runtime/wire/message-check.ts";
import { decodeMessage } from "../../../runtime/wire/messages.ts";
import { PolicyIntake } from "../../../runtime/wire/policy-parts.ts";
import { isSchema } from "../../../runtime/wire/schema-check.ts";
import { stageRuns } from "../../../runtime/wire/stage-runs.ts";
import { draws, fc } from "../../properties.ts";
import { policyParts, schema } from "../policy/bundles.ts";

const bytes = (...values: readonly number[]): Uint8Array => Uint8Array.from(values);
const large = (type: number): number[] => [type, 0x01, 0xff, 0xff, 0xff];

test.each([
  ["an array of 33 million that is not there", bytes(...large(0xdd))],
  ["a map of as many", bytes(...large(0xdf))],
  ["text of as many letters", bytes(...large(0xdb))],
  ["bytes, as many", bytes(...large(0xc6))],
  [
    "arrays in arrays, each as long as what is left",
    bytes(...Array.from({ length: 4000 }, () => [0xdc, 0x0f, 0xa0]).flat()),
  ],
  ["levels without end", bytes(...Array.from({ length: 100_000 }, () => 0x91), 0)],
  ["an extension", bytes(0xd4, 1, 1)],
  ["nothing", bytes()],
  ["two values", bytes(1, 2)],
])("a header that claims what it does not hold is refused before anything is set aside: %s", (_, header) => {
  const before = process.memoryUsage().arrayBuffers + process.memoryUsage().heapUsed;
  expect(() => decodeMessage([header])).toThrow(/^wire: expected/);
  expect(process.memoryUsage().arrayBuffers + process.memoryUsage().heapUsed - before).toBeLessThan(20e6);
});

test("whatever is encoded passes, and only what decodes does", () => {
  fc.assert(
    fc.property(fc.jsonValue({ maxDepth: 6 }), (value) => checkMessage(encode(value))),
    { numRuns: draws(200) },
  );
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 40 }), (random) => {
      let passed = true;
      try {
        checkMessage(random);
      } catch {
        passed = false;
      }
      if (passed) expect(() => decode(random)).not.toThrow(/more|Insufficient|Extra/);
    }),
    { numRuns: draws(500) },
  );
});

const { manifest } = policyParts(1, 1);

test.each([
  [undefined, "policy: expected a manifest, found undefined"],
  [{ ...manifest, policyVersion: "/../../../../tmp/elsewhere" }, "expected policyVersion to be a whole number"],
  [{ ...manifest, policyVersion: 1e300 }, "expected policyVersion to be a whole number"],
  [{ ...manifest, deter: 2 ** 31 }, "expected deter to be a whole number from 0 to 1048576, found 2147483648"],
  [{ ...manifest, stochGroups: 2 ** 20, stochClasses: 2 ** 20 }, "policy 1: expected a belief of at most 1048576"],
  [{ ...manifest, weightsHash: "00" }, 'policy 1: expected weightsHash as sha256, found "00"'],
  [{ ...manifest, weights: undefined }, "policy 1: expected at most 4096 weights"],
  [{ ...manifest, weights: [{ name: "w" }] }, "policy 1: expected at most 4096 weights"],
])("a manifest that is none is refused before anything is made of it: %o", (value, message) => {
  expect(() => checkManifest(value)).toThrow(message);
});

test("a policy takes memory as its parts come, not as it is announced", () => {
  const before = process.memoryUsage().arrayBuffers;
  const intake = new PolicyIntake(manifest, { weightsBytes: 256 * 2 ** 20, graphBytes: 256 * 2 ** 20 });
  expect(process.memoryUsage().arrayBuffers - before).toBeLessThan(1e6);
  expect(intake.add(0, new Uint8Array(10))).toBeUndefined();
  expect(() => new PolicyIntake(manifest, { weightsBytes: 2 ** 30, graphBytes: 0 })).toThrow("expected weightsBytes");
});

test("a stage has a name of some words, and a schema tensors that memory has room for", () => {
  expect(() => stageRuns([["x".repeat(101), 1]])).toThrow("stages: expected a stage and a number of steps");
  const tensor = (shape: readonly number[]) => ({ name: "t", dtype: "float32", shape, units: ["1"] });
  expect(isSchema({ ...schema, observation: [tensor([480, 640, 3])] })).toBe(true);
  expect(isSchema({ ...schema, observation: [tensor([2 ** 20, 2 ** 20])] })).toBe(false);
});
