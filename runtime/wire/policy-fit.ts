import { policySchema, type StepSchema, schemaHash } from "../step.ts";
import type { PolicyManifest } from "./manifest.ts";
import { isSchema } from "./schema-check.ts";
import { schemaDifferences } from "./schema-difference.ts";

/** Why a policy must not move the robot with this schema, in one line; undefined when it may. */
export function misfit(robot: StepSchema, { schema, schemaHash: hash }: PolicyManifest): string | undefined {
  if (!isSchema(schema)) return "expected the observation, action and joints it is for, found something else";
  const differences = schemaDifferences(policySchema(robot), schema);
  if (differences.length > 0) return `it is not for this robot as it is now: ${differences.join("; ")}`;
  const expected = schemaHash(schema);
  return hash === expected ? undefined : `expected its schema's hash to be ${expected}, found ${hash}`;
}
