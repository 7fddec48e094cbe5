import { createHash } from "node:crypto";
import { mkdirSync, readFileSync } from "node:fs";
import { homedir } from "node:os";
import { dirname, join } from "node:path";
import { writeWhole } from "../runtime/write-whole.ts";
import { type CameraCalibration, orderedCamera, parseCamera } from "./camera.ts";
import { type ImuCalibration, orderedImu, parseImu } from "./imu.ts";
import type { JointCalibration } from "./joint.ts";
import { type JointLatency, orderedLatency, parseLatency } from "./latency.ts";

/** What the file's `schema` says; another number is another format. */
export const SCHEMA = 1;

/** What was measured of one machine, and how. */
export interface Calibration {
  readonly robot: string;
  /** When, ISO 8601. */
  readonly created: string;
  /** Of adapters, boards or servos, where they have any. */
  readonly serials: readonly string[];
  /** How it was measured: "sweep", "by hand", "imported from …". */
  readonly method: string;
  /** None where only other things were measured. */
  readonly joints: readonly JointCalibration[];
  readonly imu?: ImuCalibration;
  readonly cameras?: readonly CameraCalibration[];
  /** How soon a command is seen to move a joint. */
  readonly latency?: readonly JointLatency[];
}

/**
 * SHA-256 over all that turns counts into what a robot observes; recordings and policies name it. Latencies are none of that:
 * measuring them again makes no other machine.
 */
export function calibrationHash(calibration: Calibration): string {
  const { latency: _, ...identity } = ordered(calibration);
  return hashOf(identity);
}

/** Over everything in the file but itself. */
function fileHash(calibration: Calibration): string {
  return hashOf(ordered(calibration));
}

function hashOf(content: object): string {
  return createHash("sha256")
    .update(JSON.stringify({ schema: SCHEMA, ...content }))
    .digest("hex");
}

/** Where a robot's calibration is kept: it belongs to the machine, not to the program. */
export function calibrationPath(robot: string, home = homedir()): string {
  return join(home, ".reverie", "calibration", `${robot}.json`);
}

/** Throws, naming the command that makes one, when there is none; and on a file that is damaged or of another robot. */
export function loadCalibration(robot: string, path = calibrationPath(robot)): Calibration {
  const found = findCalibration(robot, path);
  if (found !== undefined) return found;
  throw new Error(
    `${robot}: no calibration at ${path}, so it does not move; measure it with: reverie calibrate ${robot}`,
  );
}

/** Undefined where there is no such file. Throws on one that is damaged or of another robot. */
export function findCalibration(robot: string, path = calibrationPath(robot)): Calibration | undefined {
  let text: string;
  try {
    text = readFileSync(path, "utf8");
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    if (code === "ENOENT") return undefined;
    throw new Error(`${robot}: cannot read its calibration: ${message}`);
  }
  return parseCalibration(robot, text, path);
}

/** Written whole or not at all. */
export function saveCalibration(calibration: Calibration, path = calibrationPath(calibration.robot)): void {
  mkdirSync(dirname(path), { recursive: true });
  const file = { schema: SCHEMA, ...ordered(calibration), sha256: fileHash(calibration) };
  writeWhole(path, `${JSON.stringify(file, undefined, 2)}\n`);
}

/** Throws, naming the file, the joint and the field. */
export function parseCalibration(robot: string, text: string, path: string): Calibration {
  const fail = (what: string): never => {
    throw new Error(`calibration ${path}: ${what}`);
  };
  let file: Record<string, unknown>;
  try {
    file = JSON.parse(text);
  } catch (error) {
    return fail(`not JSON: ${(error as Error).message}`);
  }
  if (typeof file !== "object" || file === null) return fail(`expected an object, found ${text.slice(0, 20)}`);
  if (file.schema !== SCHEMA) return fail(`expected schema ${SCHEMA}, found ${file.schema}`);
  if (file.robot !== robot) return fail(`expected robot "${robot}", found "${file.robot}"`);
  for (const key of ["created", "method"]) {
    if (typeof file[key] !== "string") return fail(`${key}: expected a text, found ${JSON.stringify(file[key])}`);
  }
  const { serials, joints } = file;
  if (!Array.isArray(serials) || !serials.every((each) => typeof each === "string")) {
    return fail("serials: expected a list of texts");
  }
  const { imu, cameras, latency } = file;
  if (!Array.isArray(joints) || (joints.length === 0 && imu === undefined && cameras === undefined)) {
    return fail("joints: expected a list of joints");
  }
  for (const [key, list] of Object.entries({ cameras, latency })) {
    if (list !== undefined && !Array.isArray(list)) return fail(`${key}: expected a list`);
  }
  const { created, method } = file as unknown as Calibration;
  const calibration = ordered({
    ...{ robot, created, serials, method },
    joints: joints.map((each, i) => joint(each, i, fail)),
    ...(imu !== undefined && { imu: parseImu(imu, fail) }),
    ...(cameras !== undefined && { cameras: (cameras as unknown[]).map((each) => parseCamera(each, fail)) }),
    ...(latency !== undefined && { latency: (latency as unknown[]).map((each) => parseLatency(each, fail)) }),
  });
  const ids = new Set(calibration.joints.map(({ id }) => id));
  if (ids.size !== calibration.joints.length) return fail("joints: expected an id of its own for each");
  const hash = fileHash(calibration);
  if (file.sha256 !== hash) {
    return fail(
      `expected sha256 ${hash}, found ${file.sha256}: it was changed by hand or damaged; calibrate ${robot} anew`,
    );
  }
  return calibration;
}

/** Joints that are a robot's, in its order. Throws on one that is missing. */
export function jointsOf(calibration: Calibration, names: readonly string[]): readonly JointCalibration[] {
  return names.map((name) => {
    const found = calibration.joints.find((each) => each.name === name);
    if (found !== undefined) return found;
    const { robot, joints } = calibration;
    const there = joints.map((each) => each.name).join(", ");
    throw new Error(
      `${robot}: no joint "${name}" in its calibration, only ${there}; measure it with: reverie calibrate ${robot}`,
    );
  });
}

/** Of the joint's fields, what each has to be. */
const FIELDS: Readonly<Record<keyof JointCalibration, (value: unknown) => boolean>> = {
  name: (value) => typeof value === "string" && value !== "",
  id: isWhole,
  model: isWhole,
  countsPerTurn: (value) => typeof value === "number" && value > 0,
  zero: (value) => typeof value === "number" && Number.isFinite(value),
  direction: (value) => value === 1 || value === -1,
  min: isWhole,
  max: isWhole,
  homingOffset: (value) => value === null || isWhole(value),
  firmware: (value) => value === undefined || isWhole(value),
  stored: (value) => value === undefined || value === true,
};

function joint(value: unknown, at: number, fail: (what: string) => never): JointCalibration {
  const fields = (typeof value === "object" && value !== null ? value : {}) as Record<string, unknown>;
  for (const [key, holds] of Object.entries(FIELDS)) {
    if (!holds(fields[key])) fail(`joint ${fields.name ?? at + 1}: ${key} cannot be ${JSON.stringify(fields[key])}`);
  }
  const checked = inOrder(fields as unknown as JointCalibration);
  if (checked.min >= checked.max) {
    fail(`joint ${checked.name}: expected min below max, found ${checked.min} and ${checked.max}`);
  }
  return checked;
}

function isWhole(value: unknown): boolean {
  return Number.isInteger(value);
}

/** The same whoever made it: the hash is over the fields in this order. What is absent is absent from the hash. */
function ordered({ robot, created, serials, method, joints, imu, cameras, latency }: Calibration): Calibration {
  return {
    ...{ robot, created, serials, method, joints: joints.map(inOrder) },
    ...(imu && { imu: orderedImu(imu) }),
    ...(cameras && { cameras: cameras.map(orderedCamera) }),
    ...(latency && { latency: latency.map(orderedLatency) }),
  };
}

function inOrder(each: JointCalibration): JointCalibration {
  const { name, id, model, firmware, countsPerTurn, zero, direction, min, max, homingOffset, stored } = each;
  return {
    ...{ name, id, model, countsPerTurn, zero, direction, min, max, homingOffset },
    ...(firmware !== undefined && { firmware }),
    ...(stored && { stored }),
  };
}
