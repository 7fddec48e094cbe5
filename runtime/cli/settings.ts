import { leaves, override, restore } from "../config.ts";
import { checkRanges } from "./ranges.ts";
import { UsageError } from "./usage-error.ts";

/**
 * Every number that changes a run, as its config.json holds it: `teach` has all of these groups, a robot's own directory
 * no `learner`, a learner's own only `seed`, `clock` and `learner`.
 */
const GROUPS = ["robot", "driver", "seed", "clock", "task", "serial", "mock", "ros2", "camera", "runtime", "learner"];

/** Settings that are part of what a run has already recorded or learned. */
const FIXED = ["learner.algorithm", "learner.preset"];

/** A setting that is another one than at the run's last start. */
export interface Change {
  /** Dotted. */
  readonly setting: string;
  readonly was: unknown;
  readonly is: unknown;
}

export interface Resolved<T extends object> {
  readonly settings: T;
  /** What to save: `settings`, and the groups another command had saved here. */
  readonly file: object;
  /** The settings as the run's last start left them; undefined for a new run. */
  readonly before: T | undefined;
  readonly changes: readonly Change[];
  /** One line each: what is different from the last start. */
  readonly notes: readonly string[];
}

/**
 * The settings of a run: its defaults, under what its directory had saved, under what was typed now. Throws on unknown
 * names, wrong types and values out of range, and where a run that goes on would become another one.
 */
export function resolveSettings<T extends object>(
  defaults: T,
  saved: unknown,
  overrides: readonly (readonly [path: string, text: string])[],
  run: string,
): Resolved<T> {
  const notes: string[] = [];
  const before = saved === undefined ? undefined : restoreSaved(defaults, saved, notes, run);
  let settings = before ?? defaults;
  try {
    for (const [path, text] of overrides) settings = override(settings, path, text);
    checkRanges(leaves(settings));
  } catch (error) {
    throw new UsageError(`--${(error as Error).message}`);
  }
  const changes: Change[] = [];
  if (before === undefined) return { settings, file: settings, before, changes, notes };

  const old = new Map(leaves(before));
  for (const [path, value] of leaves(settings)) {
    const was = old.get(path);
    const isNew = !Object.hasOwn(saved as object, path.split(".")[0]!); // its group belongs to a command that is new here
    if (isNew || String(was) === String(value)) continue;
    if (FIXED.includes(path)) {
      throw new Error(`${run}: expected ${path} to stay ${was}, found ${value}; --run <dir> starts another run`);
    }
    changes.push({ setting: path, was, is: value });
    notes.push(`${path} is ${value} from now on, it was ${was}`);
  }
  const others = Object.entries(saved as object).filter(([key]) => GROUPS.includes(key));
  return { settings, file: { ...Object.fromEntries(others), ...settings }, before, changes, notes };
}

function restoreSaved<T extends object>(defaults: T, saved: unknown, notes: string[], run: string): T {
  const file = `${run}/config.json`;
  if (typeof saved !== "object" || saved === null || Array.isArray(saved)) {
    throw new Error(`${file}: expected settings by name, found ${JSON.stringify(saved)}`);
  }
  const robots = [saved, defaults].map((tree) => (tree as { robot?: unknown }).robot);
  if (robots[0] !== undefined && robots[1] !== undefined && robots[0] !== robots[1]) {
    throw new Error(
      `${run}: expected robot ${robots[0]}, whose run this is, found ${robots[1]}; use another --run <dir>`,
    );
  }
  const mine = Object.entries(saved).filter(([key]) => Object.hasOwn(defaults, key) || !GROUPS.includes(key));
  const dropped: string[] = [];
  try {
    const restored = restore(defaults, Object.fromEntries(mine), dropped);
    checkRanges(leaves(restored));
    return restored;
  } catch (error) {
    throw new Error(`${file}: ${(error as Error).message}`);
  } finally {
    for (const path of dropped) notes.push(`${file}: ${path} is no setting any more and is left out`);
  }
}
