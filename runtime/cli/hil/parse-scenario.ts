import { FAULT_KINDS, parseFaults } from "../../../drivers/mock/faults.ts";
import { parseRosFaults } from "../../../drivers/ros2/mock/faults.ts";
import type { RobotDefinition } from "../../../robots/definition.ts";
import { endStateFor } from "../../governor/endings.ts";
import type { Cause } from "../../robot.ts";
import { lineOf, parseJson } from "./json-line.ts";
import {
  type Expectations,
  NETWORK_FAULTS,
  ORDERS,
  PROCESS_FAULTS,
  PROCESSES,
  type Scenario,
  type ScenarioFault,
} from "./scenario.ts";

type Path = readonly (string | number)[];
type Fields = Readonly<Record<string, unknown>>;
/** Throws, naming the line of the place. */
type Refuse = (path: Path, expected: string, found: unknown) => never;

const TEXTS = ["endState", "cause", "ends"];
const NUMBERS = [
  "resumedMs",
  "missedTicks",
  "starvedTicks",
  "maxTemperature",
  "rowsLost",
  "wrongPositions",
] as const satisfies readonly (keyof Expectations)[];
const FIELDS = [
  "name",
  "what",
  "robots",
  "covers",
  "seconds",
  "from",
  "seed",
  "faults",
  "person",
  "settings",
  "expect",
];

/**
 * A scenario from a file. Throws on the first thing that is wrong, as `<file>:<line>: <field>: expected …, found …`.
 * `definition`: of the robot it is to be for, whose joints and machine count; without, any will do.
 */
export function parseScenario(file: string, text: string, definition?: RobotDefinition): Scenario {
  const root = parseJson(file, text);
  const refuse: Refuse = (path, expected, found) => {
    const place = path.map((part) => (typeof part === "number" ? `[${part}]` : `.${part}`)).join("");
    const seen = found === undefined ? "none" : JSON.stringify(found);
    throw new Error(
      `${file}:${lineOf(text, path)}: ${place.slice(1) || "scenario"}: expected ${expected}, found ${seen}`,
    );
  };
  const fields = objectAt(refuse, [], root, FIELDS);
  const number = (path: Path, value: unknown): number =>
    typeof value === "number" && value >= 0 ? value : refuse(path, "a number of at least 0", value);
  const word = (path: Path, value: unknown): string =>
    typeof value === "string" && value !== "" ? value : refuse(path, "a text", value);
  const words = (path: Path, value: unknown): string[] =>
    listAt(refuse, path, value).map((each, i) => word([...path, i], each));
  const oneOf = <T extends string>(path: Path, choices: readonly T[], value: unknown): T =>
    choices.find((each) => each === value) ?? refuse(path, `one of ${choices.join(", ")}`, value);
  const expected = objectAt(refuse, ["expect"], fields.expect ?? {}, [...TEXTS, ...NUMBERS, "endStateMs", "says"]);
  for (const key of TEXTS) if (expected[key] !== undefined) word(["expect", key], expected[key]);
  for (const key of NUMBERS) {
    const nullable = key === "wrongPositions" && expected[key] === null;
    if (expected[key] !== undefined && !nullable) number(["expect", key], expected[key]);
  }
  const robots = words(["robots"], fields.robots);
  const { endStateMs, ...others } = expected;
  const soon = typeof endStateMs === "object" ? objectAt(refuse, ["expect", "endStateMs"], endStateMs, robots) : {};
  for (const [robot, ms] of Object.entries(soon)) number(["expect", "endStateMs", robot], ms);
  if (typeof endStateMs !== "object" && endStateMs !== undefined) number(["expect", "endStateMs"], endStateMs);
  const within = typeof endStateMs === "object" ? soon[definition?.spec.name ?? ""] : endStateMs;
  if (expected.says !== undefined) words(["expect", "says"], expected.says);
  const settings = Object.entries(objectAt(refuse, ["settings"], fields.settings ?? {}));
  return {
    name: word(["name"], fields.name),
    what: word(["what"], fields.what),
    robots,
    covers: words(["covers"], fields.covers ?? []),
    seconds: number(["seconds"], fields.seconds),
    from: oneOf(["from"], ["move", "start"], fields.from ?? "move"),
    seed: number(["seed"], fields.seed ?? 0),
    faults: listAt(refuse, ["faults"], fields.faults ?? []).map((each, i) =>
      faultAt(refuse, ["faults", i], each, definition),
    ),
    person: listAt(refuse, ["person"], fields.person ?? []).map((each, i) => {
      const order = objectAt(refuse, ["person", i], each, ["at", "order"]);
      return { at: number(["person", i, "at"], order.at), order: oneOf(["person", i, "order"], ORDERS, order.order) };
    }),
    settings: Object.fromEntries(settings.map(([key, value]) => [key, String(value)])),
    expect: {
      ...(others as Expectations),
      ...(within !== undefined && { endStateMs: within as number }),
      ...endStateOf(expected.endState, expected.cause, definition),
    },
  };
}

/** "own" is what this robot is brought to for the cause, wherever it is and in its rest pose. */
function endStateOf(
  word: unknown,
  cause: unknown,
  definition: RobotDefinition | undefined,
): Pick<Expectations, "endState"> {
  if (word !== "own" || definition === undefined) return {};
  const { spec } = definition;
  const away = spec.joints.map(() => Number.POSITIVE_INFINITY);
  const its = (cause ?? "stop") as Cause; // where the robot says nothing of it, it is as for any other
  const ends = [endStateFor(spec, its, away), endStateFor(spec, its, spec.restPose)];
  return { endState: [...new Set(ends)].join(" or ") };
}

function faultAt(refuse: Refuse, path: Path, value: unknown, definition: RobotDefinition | undefined): ScenarioFault {
  const fields = objectAt(refuse, path, value);
  const { kind, at, ...rest } = fields;
  if (!(typeof at === "number" && at >= 0)) return refuse([...path, "at"], "s, a number of at least 0", at);
  const seconds = rest.for;
  if (seconds !== undefined && !(typeof seconds === "number" && seconds > 0)) {
    return refuse([...path, "for"], "s, a number above 0", seconds);
  }
  const during = seconds === undefined ? {} : { for: seconds };
  const process = PROCESS_FAULTS.find((each) => each === kind);
  if (process !== undefined) {
    objectAt(refuse, path, value, ["kind", "at", "for", "process"]);
    const found = PROCESSES.find((each) => each === rest.process);
    if (found === undefined) return refuse([...path, "process"], `one of ${PROCESSES.join(", ")}`, rest.process);
    return { kind: process, at, ...during, process: found };
  }
  const network = NETWORK_FAULTS.find((each) => each === kind);
  if (network !== undefined) {
    objectAt(refuse, path, value, ["kind", "at", "for", "ms"]);
    const { ms } = rest;
    if (ms !== undefined && !(typeof ms === "number" && ms > 0)) return refuse([...path, "ms"], "ms above 0", ms);
    return { kind: network, at, ...during, ...(ms === undefined ? {} : { ms }) };
  }
  if (kind === "clock-step") {
    const { hours } = objectAt(refuse, path, value, ["kind", "at", "for", "hours"]);
    if (typeof hours !== "number") return refuse([...path, "hours"], "a number, below 0 for back", hours);
    return { kind, at, ...during, hours };
  }
  const { joint, id, to, probability, for: _, ...others } = rest;
  const ros2 = isForRos2(fields, definition);
  const known = joint === undefined ? undefined : jointAt(refuse, [...path, "joint"], joint, definition);
  const servo = known === undefined || ros2 ? id : (definition?.serial?.servos[known]?.id ?? 0);
  const machine = {
    kind,
    ...others,
    ...during,
    ...(servo === undefined ? {} : { servo }),
    ...(probability === undefined ? {} : { share: probability }),
    ...(to === undefined ? {} : { id: to }),
    ...(ros2 && joint !== undefined ? { joint } : {}),
  };
  try {
    return { at, machine: (ros2 ? parseRosFaults : parseFaults)([machine])[0]! };
  } catch (error) {
    const text = (error as Error).message.replace(/^fault 1( \(.*?\))?: /, "");
    const kinds = [...PROCESS_FAULTS, ...NETWORK_FAULTS, "clock-step"].join(", ");
    return refuse(
      path,
      text.startsWith("expected a kind") ? `${text.slice(9).split(", found")[0]}, ${kinds}` : text,
      value,
    );
  }
}

/** Whether it is a fault of a machine on ROS 2; where nobody asks for a robot, one that servos do not have. */
function isForRos2({ kind, topic }: Fields, definition: RobotDefinition | undefined): boolean {
  if (definition !== undefined) return definition.serial === undefined && definition.ros2 !== undefined;
  return topic !== undefined || !FAULT_KINDS.some((each) => each === kind);
}

/** Which of the robot's joints it is; 0 where nobody asks for a robot. */
function jointAt(refuse: Refuse, path: Path, joint: unknown, definition: RobotDefinition | undefined): number {
  if (definition === undefined) return 0;
  const names = definition.spec.joints.map(({ name }) => name);
  const at = names.indexOf(String(joint));
  return at >= 0 ? at : refuse(path, `a joint of ${definition.spec.name}: ${names.join(", ")}`, joint);
}

function objectAt(refuse: Refuse, path: Path, value: unknown, known?: readonly string[]): Fields {
  if (typeof value !== "object" || value === null || Array.isArray(value)) return refuse(path, "an object", value);
  const stray = known && Object.keys(value).find((key) => !known.includes(key));
  if (stray !== undefined) return refuse([...path, stray], `one of ${known!.join(", ")}`, stray);
  return value as Fields;
}

function listAt(refuse: Refuse, path: Path, value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : refuse(path, "a list", value);
}
