import type { StepSchema } from "../step.ts";

/** Of a tensor: whoever says more would have memory set aside for it. Of any list. */
const MOST_NUMBERS = 2 ** 26;
const MOST_ITEMS = 10_000;

/** Whether what came from outside has a schema's fields, each of its type. */
export function isSchema(value: unknown): value is StepSchema {
  if (typeof value !== "object" || value === null) return false;
  const schema = value as Partial<Record<keyof StepSchema, unknown>>;
  return (
    typeof schema.robot === "string" &&
    typeof schema.task === "string" &&
    typeof schema.canTerminate === "boolean" &&
    Number.isFinite(schema.policyRateHz) &&
    (schema.servoRateHz === undefined || Number.isFinite(schema.servoRateHz)) &&
    (schema.calibration === undefined || typeof schema.calibration === "string") &&
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
    (tensor.shape as number[]).reduce((product, size) => product * size, 1) <= MOST_NUMBERS &&
    isList(tensor.units, isText)
  );
}

const isText = (value: unknown): value is string => typeof value === "string";

function isList(value: unknown, isItem: (item: unknown) => boolean): boolean {
  return Array.isArray(value) && value.length <= MOST_ITEMS && value.every(isItem);
}
