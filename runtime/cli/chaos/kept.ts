import { existsSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { RecordLog } from "../../log/record-log.ts";
import { stepTopic } from "../../log/step-topic.ts";
import type { StepSchema } from "../../step.ts";
import { rowTimeNs } from "../../wire/step-codec.ts";
import { rowCrc } from "../process/step-trace.ts";

/** A row in a log. */
export interface KeptRow {
  readonly sequence: number;
  readonly timeNs: bigint;
  readonly crc: number;
}

/** Every row of the robot's recording in the run directory `run`, in its order. */
export function recordedRows(run: string, schema: StepSchema, report: (line: string) => void): KeptRow[] {
  return rowsOf(join(run, "robot", "spool"), schema, report);
}

/** Every row of a learner's log, by stream, in its order. */
export function storedRows(
  run: string,
  schema: StepSchema,
  report: (line: string) => void,
): ReadonlyMap<string, readonly KeptRow[]> {
  const directory = join(run, "learner", "log");
  const streams = existsSync(directory) ? readdirSync(directory) : [];
  return new Map(streams.map((stream) => [stream, rowsOf(join(directory, stream), schema, report)]));
}

/** To be called when nobody writes to it: files that a crash left without their end get it. */
function rowsOf(directory: string, schema: StepSchema, report: (line: string) => void): KeptRow[] {
  if (!existsSync(directory)) return [];
  const log = new RecordLog(directory, { topics: [stepTopic(schema)], report });
  return [...log.read(0)].map(({ sequence, messages }) => {
    const { body } = messages[0]!;
    return { sequence, timeNs: rowTimeNs(body), crc: rowCrc(body) };
  });
}
