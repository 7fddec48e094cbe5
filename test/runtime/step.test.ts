import { expect, test } from "vitest";
import { policySchema, schemaHash, stepSchema } from "../../runtime/step.ts";
import { spec, task } from "./governor/fakes.ts";

const schema = stepSchema(spec, task);

test("the hash of a schema does not depend on the order of its keys, and on everything else", () => {
  const reversed = Object.fromEntries(Object.entries(schema).reverse()) as unknown as typeof schema;
  expect(schemaHash(reversed)).toBe(schemaHash(schema));
  expect(schemaHash({ ...schema, joints: [...schema.joints].reverse() })).not.toBe(schemaHash(schema));
  expect(schemaHash({ ...schema, policyRateHz: 21 })).not.toBe(schemaHash(schema));
});

test("a robot's cameras are images behind what its task observes; a policy is made for the rest, with cameras and without", () => {
  const watch = { age: 1, frozen: null, rate: null, brightness: null };
  const seeing = stepSchema({ ...spec, images: [{ name: "eye", shape: [2, 4, 3], watch }] }, task);
  expect(seeing.observation).toEqual([
    ...task.observation,
    { name: "eye", dtype: "uint8", shape: [2, 4, 3], units: ["1"] },
  ]);
  expect(schemaHash(seeing)).not.toBe(schemaHash(schema));
  expect(policySchema(seeing)).toEqual(schema);
  expect(schemaHash(policySchema(schema))).toBe(schemaHash(schema));
});
