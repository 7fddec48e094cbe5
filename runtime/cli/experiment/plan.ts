import { readFileSync } from "node:fs";
import { robotNames } from "../../../robots/catalogue.ts";

/** What an experiment's file asks for. */
export interface Plan {
  readonly robot: string;
  /** Steps of each run. */
  readonly steps: number;
  readonly seeds: readonly number[];
  /** Mean rewards whose first passing is told. */
  readonly thresholds: readonly number[];
  readonly lines: readonly Line[];
}

/** Runs that differ in nothing but their seed. */
export interface Line {
  readonly name: string;
  /** As typed: dotted name and text. */
  readonly overrides: readonly (readonly [path: string, text: string])[];
}

const KEYS = ["robot", "steps", "seeds", "thresholds", "overrides", "lines"];
/** Becomes a directory. */
const LINE_NAME = /^[\w+=,-][\w .+=,-]*$/;
const OVERRIDE = /^(task|runtime|learner)\../;

/** Throws on a file that cannot be read or is no experiment, naming file and key. */
export function readPlan(file: string): Plan {
  let text: string;
  try {
    text = readFileSync(file, "utf8");
  } catch (error) {
    throw new Error(`${file}: expected an experiment's file, found ${(error as Error).message}`);
  }
  return parsePlan(file, text);
}

export function parsePlan(file: string, text: string): Plan {
  const plan = group(file, "the whole", parseJson(file, text));
  for (const key of Object.keys(plan)) {
    if (!KEYS.includes(key)) throw new Error(`${file}: expected only ${KEYS.join(", ")}, found "${key}"`);
  }
  const { robot, steps, seeds, thresholds = [], overrides = {}, lines = { default: {} } } = plan;
  const shared = settings(file, "overrides", overrides);
  const named = Object.entries(group(file, "lines", lines));
  if (named.length === 0) throw new Error(`${file}: lines: expected at least one, found none`);
  return {
    robot: known(file, robot),
    steps: whole(file, "steps", 1, steps),
    seeds: list(file, "seeds", seeds, (seed) => whole(file, "seeds", 0, seed)),
    thresholds:
      Array.isArray(thresholds) && thresholds.length === 0 ? [] : list(file, "thresholds", thresholds, number),
    lines: named.map(([name, own]) => {
      const last = name.at(-1);
      if (!LINE_NAME.test(name) || last === "." || last === " ") {
        throw new Error(`${file}: lines: expected names that can be a directory's, found "${name}"`);
      }
      return { name, overrides: [...new Map([...shared, ...settings(file, `lines.${name}`, own)])] };
    }),
  };

  function number(value: unknown): number {
    if (typeof value === "number") return value;
    throw new Error(`${file}: thresholds: expected numbers, found ${JSON.stringify(value)}`);
  }
}

function parseJson(file: string, text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    throw new Error(`${file}: expected JSON, found ${(error as Error).message}`);
  }
}

function group(file: string, key: string, value: unknown): Record<string, unknown> {
  if (typeof value === "object" && value !== null && !Array.isArray(value)) return value as Record<string, unknown>;
  throw new Error(`${file}: ${key}: expected an object, found ${JSON.stringify(value)}`);
}

function known(file: string, robot: unknown): string {
  if (typeof robot === "string" && robotNames.includes(robot)) return robot;
  throw new Error(`${file}: robot: expected one of ${robotNames.join(", ")}, found ${JSON.stringify(robot)}`);
}

function whole(file: string, key: string, least: number, value: unknown): number {
  if (Number.isSafeInteger(value) && (value as number) >= least) return value as number;
  throw new Error(`${file}: ${key}: expected a whole number from ${least} up, found ${JSON.stringify(value)}`);
}

/** Not empty, nothing twice. */
function list(file: string, key: string, value: unknown, item: (value: unknown) => number): number[] {
  if (!Array.isArray(value) || value.length === 0) {
    throw new Error(`${file}: ${key}: expected a list of numbers, found ${JSON.stringify(value)}`);
  }
  const items = value.map(item);
  const twice = items.find((each, i) => items.indexOf(each) !== i);
  if (twice !== undefined) throw new Error(`${file}: ${key}: expected each once, found ${twice} twice`);
  return items;
}

/** Settings by dotted name, as text that a flag could carry. */
function settings(file: string, key: string, value: unknown): [path: string, text: string][] {
  return Object.entries(group(file, key, value)).map(([path, setting]) => {
    if (!OVERRIDE.test(path)) {
      throw new Error(`${file}: ${key}: expected names like learner.agent.gamma or task.start, found "${path}"`);
    }
    const parts = Array.isArray(setting) ? setting : [setting];
    if (!parts.every((part) => ["number", "string", "boolean"].includes(typeof part))) {
      throw new Error(
        `${file}: ${key}: ${path}: expected a number, text or a switch, found ${JSON.stringify(setting)}`,
      );
    }
    return [path, parts.join(",")];
  });
}
