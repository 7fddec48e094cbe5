import { savable } from "../config.ts";
import type { SupervisorConfig } from "../ipc.ts";
import type { Heading } from "../log/mcap-file.ts";
import { type StepSchema, schemaHash } from "../step.ts";

export interface RecordedRun {
  readonly config: SupervisorConfig;
  readonly schema: StepSchema;
  readonly stream: string;
  /** 0: none yet. */
  readonly policyVersion: number;
  /** Of that policy; undefined while there is none. */
  readonly manifest: unknown;
}

/** What a file of the recording says of where it comes from. */
export function recordingHeading({ config, schema, stream, policyVersion, manifest }: RecordedRun): Heading {
  const documents = { "config.json": savable(config), "schema.json": schema, "policy.json": manifest };
  return {
    attachments: Object.entries(documents)
      .filter(([, value]) => value !== undefined)
      .map(([name, value]) => ({
        name,
        mediaType: "application/json",
        data: Buffer.from(`${JSON.stringify(value, undefined, 2)}\n`),
      })),
    metadata: [
      {
        name: "reverie",
        values: {
          robot: schema.robot,
          task: schema.task,
          stream,
          schema_hash: schemaHash(schema),
          policy_version: String(policyVersion),
          clock: config.clock,
          written_at: new Date().toISOString(),
          written_at_monotonic_ns: String(process.hrtime.bigint()),
        },
      },
    ],
  };
}
