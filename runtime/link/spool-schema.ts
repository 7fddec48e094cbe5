import * as fs from "node:fs";
import { join } from "node:path";
import type { StepSchema } from "../step.ts";
import { isSchema } from "../wire/schema-check.ts";
import { schemaDifferences } from "../wire/schema-difference.ts";
import { writeWhole } from "../write-whole.ts";

const FILE = "schema.json";

/**
 * A robot's directory has steps of one schema, that of its first. Throws, naming what differs, on another: steps of two sizes
 * cannot be told apart later. What is in the spool stays there as it is. One of before it was noted takes the schema it is given.
 */
export function keepSchema(directory: string, schema: StepSchema): void {
  const path = join(directory, FILE);
  const kept = readSchema(path);
  if (kept === undefined) {
    writeWhole(path, `${JSON.stringify(schema, undefined, 2)}\n`, { flush: true });
    return;
  }
  const differences = schemaDifferences(kept, schema);
  if (differences.length === 0) return;
  throw new Error(
    `${directory}: its steps are of another robot or task: ${differences.join("; ")}; begin another run (--run <directory>). ` +
      "Steps the learner does not have yet stay in this one, and go to it when the robot is started here as it was before",
  );
}

/** Undefined where there is none. */
function readSchema(path: string): StepSchema | undefined {
  let text: string;
  try {
    text = fs.readFileSync(path, "utf8");
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return undefined;
    throw error;
  }
  let found: unknown;
  try {
    found = JSON.parse(text);
  } catch {
    // said below
  }
  if (!isSchema(found)) throw new Error(`${path}: expected a robot's schema, found something else; restore it`);
  return found;
}
