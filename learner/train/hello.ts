import { type StepSchema, schemaDifferences, schemaHash } from "../../runtime/step.ts";
import { PROTOCOL, type RobotMessage } from "../../runtime/wire/messages.ts";

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

function isSchema(value: unknown): value is StepSchema {
  if (typeof value !== "object" || value === null) return false;
  const schema = value as Partial<Record<keyof StepSchema, unknown>>;
  return (
    typeof schema.robot === "string" &&
    typeof schema.task === "string" &&
    typeof schema.canTerminate === "boolean" &&
    Number.isFinite(schema.policyRateHz) &&
    Number.isFinite(schema.rewardOffset) &&
    isList(schema.action, isText) &&
    isList(schema.joints, isText) &&
    isList(schema.observation, isTensor)
  );
}

function isTensor(value: unknown): boolean {
  if (typeof value !== "object" || value === null) return false;
  const tensor = value as Record<string, unknown>;
  return (
    isText(tensor.name) &&
    (tensor.dtype === "float32" || tensor.dtype === "uint8") &&
    isList(tensor.shape, (size) => Number.isSafeInteger(size) && (size as number) > 0) &&
    isList(tensor.units, isText)
  );
}

const isText = (value: unknown): value is string => typeof value === "string";

function isList(value: unknown, isItem: (item: unknown) => boolean): boolean {
  return Array.isArray(value) && value.every(isItem);
}
