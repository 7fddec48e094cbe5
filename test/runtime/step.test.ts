import { expect, test } from "vitest";
import { schemaDifferences, schemaHash, stepSchema } from "../../runtime/step.ts";
import { spec, task } from "./governor/fakes.ts";

const schema = stepSchema(spec, task);

test("the hash of a schema does not depend on the order of its keys, and on everything else", () => {
  const reversed = Object.fromEntries(Object.entries(schema).reverse()) as unknown as typeof schema;
  expect(schemaHash(reversed)).toBe(schemaHash(schema));
  expect(schemaHash({ ...schema, joints: [...schema.joints].reverse() })).not.toBe(schemaHash(schema));
  expect(schemaHash({ ...schema, policyRateHz: 21 })).not.toBe(schemaHash(schema));
});

test("differences are spelled out, one line each, and equal schemas have none", () => {
  expect(schemaDifferences(schema, structuredClone(schema))).toEqual([]);
  expect(schemaDifferences(schema, { ...schema, action: ["left"], policyRateHz: 50 })).toEqual([
    'action: expected ["left","right"], found ["left"]',
    "policyRateHz: expected 20, found 50",
  ]);
});
