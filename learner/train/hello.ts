import { type StepSchema, schemaHash } from "../../runtime/step.ts";
import { PROTOCOL, type RobotMessage } from "../../runtime/wire/messages.ts";
import { isSchema } from "../../runtime/wire/schema-check.ts";
import { schemaDifferences } from "../../runtime/wire/schema-difference.ts";

export type Hello = Extract<RobotMessage, { type: "hello" }>;

/** What a learner expects of a robot. */
export interface Expected {
  /** Undefined while no robot has decided it. */
  readonly schema: StepSchema | undefined;
  readonly lockstep: boolean;
}

const STREAM = /^[A-Za-z0-9_-]{1,64}$/;

/** Why a robot cannot be served, in one line; undefined when it can. Nothing in `hello` is believed. */
export function reasonToRefuse(hello: Hello, expected: Expected): string | undefined {
  if (hello.protocol !== PROTOCOL) return `protocol: expected ${PROTOCOL}, found ${String(hello.protocol)}`;
  if (typeof hello.stream !== "string" || !STREAM.test(hello.stream)) {
    return `stream: expected 1 to 64 letters, digits, _ or -, found ${JSON.stringify(hello.stream)}`;
  }
  for (const name of ["next", "policyVersion"] as const) {
    if (!Number.isSafeInteger(hello[name]) || hello[name] < 0) {
      return `${name}: expected a whole number, found ${String(hello[name])}`;
    }
  }
  const { downStage = "" } = hello;
  if (typeof downStage !== "string") return `downStage: expected text, found ${JSON.stringify(downStage)}`;
  if (!isSchema(hello.schema)) return "schema: expected a robot's observation, action and joints, found something else";
  if (!hello.schema.observation.some(({ dtype }) => dtype === "float32")) {
    return "schema: expected a float32 tensor in the observation, found none";
  }
  if (schemaHash(hello.schema) !== hello.schemaHash) {
    return `schema: expected its hash to be ${schemaHash(hello.schema)}, found ${String(hello.schemaHash)}`;
  }
  if (expected.schema !== undefined) {
    const differences = schemaDifferences(expected.schema, hello.schema);
    if (differences.length > 0) return `this run learns another robot or task: ${differences.join("; ")}`;
  }
  if (hello.lockstep !== expected.lockstep) {
    const clock = (lockstep: boolean) => (lockstep ? "lockstep" : "realtime");
    return `clock: expected ${clock(expected.lockstep)}, found ${clock(hello.lockstep)}`;
  }
  return undefined;
}
