import { expect, test } from "vitest";
import { schemaHash, stepSchema } from "../../runtime/step.ts";
import { spec, task } from "./governor/fakes.ts";

const schema = stepSchema(spec, task);

test("the hash of a schema does not depend on the order of its keys, and on everything else", () => {
  const reversed = Object.fromEntries(Object.entries(schema).reverse()) as unknown as typeof schema;
  expect(schemaHash(reversed)).toBe(schemaHash(schema));
  expect(schemaHash({ ...schema, joints: [...schema.joints].reverse() })).not.toBe(schemaHash(schema));
  expect(schemaHash({ ...schema, policyRateHz: 21 })).not.toBe(schemaHash(schema));
});
