import { existsSync, readdirSync, readFileSync } from "node:fs";
import { basename, join } from "node:path";
import { attachmentOf, logFiles } from "../log/read-log.ts";
import type { StepSchema } from "../step.ts";
import { isSchema } from "../wire/schema-check.ts";

/** Logs of steps, and what the steps hold. */
export interface LogSource {
  readonly schema: StepSchema;
  readonly streams: readonly { readonly name: string; readonly directory: string }[];
}

/**
 * The steps below a path: of a run those the learner has, of all its robots, or, without a learner, the robot's recording; or
 * one log. Throws when there are none, or nothing says what they hold.
 */
export function logSource(path: string): LogSource {
  if (!existsSync(path)) throw new Error(`${path}: expected a run or a log, found nothing`);
  const learner = join(path, "learner");
  if (existsSync(join(learner, "schema.json"))) {
    const logs = join(learner, "log");
    const names = existsSync(logs) ? readdirSync(logs).filter((name) => hasLog(join(logs, name))) : [];
    if (names.length > 0) {
      const schema = schemaIn(join(learner, "schema.json"));
      return { schema, streams: names.sort().map((name) => ({ name, directory: join(logs, name) })) };
    }
  }
  const directory = hasLog(join(path, "robot", "spool")) ? join(path, "robot", "spool") : path;
  if (!hasLog(directory)) throw new Error(`${path}: expected a run or a log with recordings (.mcap), found none`);
  return { schema: schemaOf(directory), streams: [{ name: basename(directory), directory }] };
}

function hasLog(directory: string): boolean {
  return existsSync(directory) && logFiles(directory).length > 0;
}

/** A robot's recording has its schema with it; a learner's log lies two directories below it. */
function schemaOf(directory: string): StepSchema {
  const attached = attachmentOf(logFiles(directory)[0]!, "schema.json");
  if (attached !== undefined) return checked(Buffer.from(attached).toString(), `${directory}: schema.json`);
  const beside = join(directory, "..", "..", "schema.json");
  if (existsSync(beside)) return schemaIn(beside);
  throw new Error(`${directory}: expected recordings with schema.json attached, or ${beside}, found neither`);
}

function schemaIn(path: string): StepSchema {
  return checked(readFileSync(path, "utf8"), path);
}

function checked(text: string, name: string): StepSchema {
  let schema: unknown;
  try {
    schema = JSON.parse(text);
  } catch {
    schema = undefined;
  }
  if (!isSchema(schema)) throw new Error(`${name}: expected a robot's schema, found something else`);
  return schema;
}
