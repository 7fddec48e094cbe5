import { existsSync, mkdirSync, readFileSync, rmSync } from "node:fs";
import { dirname } from "node:path";
import { writeWhole } from "../runtime/write-whole.ts";
import type { RigJoint } from "./rig.ts";

/** What an interrupted calibration knows already. Counts of the encoders, which no offset changes. */
export interface Progress {
  readonly robot: string;
  readonly joints: readonly ProgressJoint[];
  /** Which range was measured by hand ("sweep") or by motor ("auto"). */
  readonly method: string;
  /** Every joint was swept. */
  readonly swept: boolean;
}

export interface ProgressJoint extends RigJoint {
  /** As far as it was moved; they go on across the seam. Absent: not heard yet. */
  readonly range?: readonly [low: number, high: number];
  /** At the home pose. */
  readonly home?: number;
  readonly direction?: 1 | -1;
}

/** Beside the calibration that it will be. */
export function progressPath(calibration: string): string {
  return calibration.replace(/(\.json)?$/, ".progress.json");
}

export function newProgress(robot: string, method: string, joints: readonly RigJoint[]): Progress {
  return { robot, method, swept: false, joints };
}

/** undefined where there is none. Throws on a damaged one, and on one of another robot or of other servos. */
export function loadProgress(robot: string, joints: readonly RigJoint[], path: string): Progress | undefined {
  if (!existsSync(path)) return undefined;
  const fail = (what: string): never => {
    throw new Error(`${path}: ${what}; --restart begins anew`);
  };
  let found: Progress;
  try {
    found = JSON.parse(readFileSync(path, "utf8"));
  } catch {
    return fail("expected what an interrupted calibration left, found damage");
  }
  if (found?.robot !== robot) return fail(`expected progress of ${robot}, found ${JSON.stringify(found?.robot)}`);
  const known = Array.isArray(found.joints) ? found.joints : [];
  if (known.length !== joints.length || !known.every(isJoint) || typeof found.swept !== "boolean") {
    return fail(`expected ${joints.length} joints with their ranges, found something else`);
  }
  for (const [i, { name, id, model, firmware }] of joints.entries()) {
    const was = known[i]!;
    if (was.name === name && was.id === id && was.model === model && was.firmware === firmware) continue;
    return fail(
      `expected servo ${was.id}, model ${was.model}, firmware ${was.firmware} at ${was.name}, found servo ${id}, model ${model}, firmware ${firmware}`,
    );
  }
  return found;
}

/** Written whole or not at all. */
export function saveProgress(progress: Progress, path: string): void {
  mkdirSync(dirname(path), { recursive: true });
  writeWhole(path, `${JSON.stringify(progress, undefined, 2)}\n`);
}

export function clearProgress(path: string): void {
  rmSync(path, { force: true });
}

/** One line: how far it is. */
export function progressLine({ joints, swept }: Progress): string {
  const names = (of: readonly ProgressJoint[]): string => of.map(({ name }) => name).join(", ");
  const directed = joints.filter(({ direction }) => direction !== undefined);
  if (!swept) {
    const begun = joints.filter(({ range }) => range !== undefined && range[1] > range[0]);
    return begun.length === 0 ? "nothing measured yet" : `partly swept: ${names(begun)}`;
  }
  const home = joints.every((each) => each.home !== undefined);
  return `swept${home ? ", home pose" : ""}${directed.length > 0 ? `, direction of ${names(directed)}` : ""}`;
}

function isJoint(value: unknown): boolean {
  const { range, home, direction } = (value ?? {}) as ProgressJoint;
  const numbers = [...(Array.isArray(range) ? range : range === undefined ? [] : [Number.NaN]), home ?? 0];
  return numbers.every(Number.isFinite) && (direction === undefined || direction === 1 || direction === -1);
}
