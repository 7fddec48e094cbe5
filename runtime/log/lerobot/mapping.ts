import type { StepSchema } from "../../step.ts";
import { ACTION, COMMAND, imageKey, STATE, size } from "./features.ts";

/** Numbers of a feature: those by name, or those from `from` up to `to`; all of them without either. */
export interface Part {
  readonly feature: string;
  readonly names?: readonly string[];
  readonly from?: number;
  readonly to?: number;
  /** As value · scale + offset; left alone without both. */
  readonly scale?: number;
  readonly offset?: number;
}

/** Which features of a dataset become what of a robot. */
export interface Mapping {
  /** By tensor. An image is a single whole feature. */
  readonly observation: Readonly<Record<string, readonly Part[]>>;
  readonly action: readonly Part[];
  /** Absent: what the task makes of the action. */
  readonly command?: readonly Part[];
}

const FIELDS = ["feature", "names", "from", "to", "scale", "offset"];

/** How `log export` names them: its state is all float32 tensors, one behind the other. */
export function ownMapping(schema: StepSchema, features: Readonly<Record<string, unknown>>): Mapping {
  let from = 0;
  const observation = schema.observation.map(({ name, dtype, shape }): [string, Part[]] => {
    if (dtype === "uint8") return [name, [{ feature: imageKey(name) }]];
    const to = from + size(shape);
    const part = { feature: STATE, from, to };
    from = to;
    return [name, [part]];
  });
  const command = Object.hasOwn(features, COMMAND) ? { command: [{ feature: COMMAND }] } : {};
  // The state as a whole where it is one tensor: another size is then told as such.
  const vectors = schema.observation.filter(({ dtype }) => dtype === "float32");
  const whole = vectors.length === 1 ? { [vectors[0]!.name]: [{ feature: STATE }] } : {};
  return { observation: { ...Object.fromEntries(observation), ...whole }, action: [{ feature: ACTION }], ...command };
}

/** A mapping file. Throws on what is not one, naming the place. */
export function parseMapping(text: string, name: string): Mapping {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (error) {
    throw new Error(`${name}: expected JSON, found ${(error as Error).message}`);
  }
  const { observation, action, command, ...others } = record(value, name);
  const [other] = Object.keys(others);
  if (other !== undefined) throw new Error(`${name}: expected observation, action and command, found "${other}"`);
  const tensors = Object.entries(record(observation, `${name}: observation`));
  return {
    observation: Object.fromEntries(tensors.map(([key, each]) => [key, parts(each, `${name}: observation.${key}`)])),
    action: parts(action, `${name}: action`),
    ...(command === undefined ? {} : { command: parts(command, `${name}: command`) }),
  };
}

function parts(value: unknown, name: string): Part[] {
  const list = Array.isArray(value) ? value : [value];
  return list.map((each) => (typeof each === "string" ? { feature: each } : part(each, name)));
}

function part(value: unknown, name: string): Part {
  const found = record(value, name);
  const { feature, names } = found;
  const isNumber = (key: string) => found[key] === undefined || Number.isFinite(found[key]);
  const isNames = names === undefined || (Array.isArray(names) && names.every((each) => typeof each === "string"));
  const isKnown = Object.keys(found).every((key) => FIELDS.includes(key));
  if (typeof feature !== "string" || !isNames || !isKnown || !["from", "to", "scale", "offset"].every(isNumber)) {
    throw new Error(
      `${name}: expected a feature's name, or {feature, names or from and to, scale, offset}, found ${JSON.stringify(value)}`,
    );
  }
  return found as unknown as Part;
}

function record(value: unknown, name: string): Record<string, unknown> {
  if (typeof value !== "object" || value === null || Array.isArray(value)) {
    throw new Error(`${name}: expected an object, found ${JSON.stringify(value) ?? "nothing"}`);
  }
  return value as Record<string, unknown>;
}
