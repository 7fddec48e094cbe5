import { mkdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import type { StepSchema } from "../../runtime/step.ts";
import { writeWhole } from "../../runtime/write-whole.ts";

/** What the first robot of a run said it senses and does; all that come later must say the same. */

const FILE = "schema.json";

/** Undefined in a run that no robot has joined. Throws when the file is damaged. */
export function readRunSchema(directory: string): StepSchema | undefined {
  const path = join(directory, FILE);
  let text: string;
  try {
    text = readFileSync(path, "utf8");
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return undefined;
    throw error;
  }
  try {
    return JSON.parse(text) as StepSchema;
  } catch (error) {
    throw new Error(`${path}: expected a robot's schema, found ${(error as Error).message}`);
  }
}

export function writeRunSchema(directory: string, schema: StepSchema): void {
  mkdirSync(directory, { recursive: true });
  writeWhole(join(directory, FILE), `${JSON.stringify(schema, undefined, 2)}\n`, { flush: true });
}
