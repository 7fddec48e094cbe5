import type { Gesture } from "../../../robots/definition.ts";
import { MARKS, type Mark, type Order } from "../../governor/orders.ts";

/** What a robot can be ordered. */
export interface Orderable {
  readonly gestures: readonly Gesture[];
  /** Numbers of an action. */
  readonly actionSize: number;
}

/** Fields each order may have. */
const FIELDS: Readonly<Record<Order["type"], readonly string[]>> = {
  estop: [],
  reset: [],
  pause: [],
  resume: [],
  steer: ["action", "gesture"],
  mark: ["mark"],
};

/**
 * An order as a line of JSON: {"order":"estop"}, reset, pause, resume; {"order":"mark","mark":"worked"};
 * {"order":"steer","gesture":"stand"} or "action":[…], without either: gives back. Throws on anything else, saying what was
 * expected.
 */
export function orderOf(line: string, robot: Orderable): Order {
  const { order: type, ...fields } = parse(line);
  if (typeof type !== "string" || !Object.hasOwn(FIELDS, type)) {
    throw new Error(`order: expected one of ${Object.keys(FIELDS).join(", ")}, found ${shown(type)}`);
  }
  const allowed = FIELDS[type as Order["type"]];
  const stranger = Object.keys(fields).find((name) => !allowed.includes(name));
  if (stranger !== undefined) {
    throw new Error(`order ${type}: expected ${allowed.join(", ") || "nothing else"}, found "${stranger}"`);
  }
  switch (type as Order["type"]) {
    case "estop":
      return { type: "estop", from: "the standard input" };
    case "mark":
      return { type: "mark", mark: markOf(fields.mark) };
    case "steer":
      return { type: "steer", action: actionOf(fields, robot) };
    default:
      return { type: type as "reset" | "pause" | "resume" };
  }
}

function parse(line: string): Readonly<Record<string, unknown>> {
  let value: unknown;
  try {
    value = JSON.parse(line);
  } catch {
    throw new Error(`expected an order as {"order":"estop"}, found ${shown(line)}`);
  }
  if (typeof value !== "object" || value === null || Array.isArray(value)) {
    throw new Error(`expected an order as {"order":"estop"}, found ${shown(value)}`);
  }
  return value as Readonly<Record<string, unknown>>;
}

function markOf(value: unknown): Mark {
  const mark = MARKS.find((each) => each === value);
  if (mark === undefined)
    throw new Error(`order mark: expected mark as one of ${MARKS.join(", ")}, found ${shown(value)}`);
  return mark;
}

function actionOf({ action, gesture }: Readonly<Record<string, unknown>>, robot: Orderable): Float32Array | undefined {
  if (gesture !== undefined) {
    const found = robot.gestures.find(({ name }) => name === gesture);
    const names = robot.gestures.map(({ name }) => name).join(", ") || "none: this robot has no gestures";
    if (found === undefined)
      throw new Error(`order steer: expected gesture as one of ${names}, found ${shown(gesture)}`);
    if (action !== undefined) throw new Error("order steer: expected an action or a gesture, found both");
    return Float32Array.from(found.action);
  }
  if (action === undefined) return undefined;
  const fits = Array.isArray(action) && action.length === robot.actionSize && action.every(isNumber);
  if (!fits) throw new Error(`order steer: expected action as ${robot.actionSize} numbers, found ${shown(action)}`);
  return Float32Array.from(action as number[]);
}

function isNumber(value: unknown): boolean {
  return typeof value === "number" && Number.isFinite(Math.fround(value));
}

function shown(value: unknown): string {
  return (JSON.stringify(value) ?? "nothing").slice(0, 80);
}
