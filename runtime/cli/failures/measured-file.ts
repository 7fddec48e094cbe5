import { mkdirSync, readFileSync } from "node:fs";
import { homedir, hostname } from "node:os";
import { dirname, join } from "node:path";
import { writeWhole } from "../../write-whole.ts";
import type { FailureRow } from "./row.ts";
import { CAUSES, HOWS } from "./ways.ts";

/** What came of a failure on this computer, and when. */
export interface MeasuredRow extends FailureRow {
  /** ISO 8601, UTC. */
  readonly date: string;
  /** Of the computer in the minute before. */
  readonly load: number;
}

const FORMAT = 1;

/**
 * Where it is kept: `$XDG_STATE_HOME/reverie/failures/<host>/<robot>.json`, by default under `~/.local/state`. The XDG base
 * directory specification says that a path there which is not absolute is to be ignored.
 */
export function measuredPath(robot: string, env: NodeJS.ProcessEnv = process.env, host = hostname()): string {
  const { XDG_STATE_HOME: state } = env;
  const base = state?.startsWith("/") ? state : join(homedir(), ".local", "state");
  return join(base, "reverie", "failures", host, `${robot}.json`);
}

/** None where the file is missing, damaged, or of another robot or computer. */
export function readMeasured(path: string, robot: string, host = hostname()): readonly MeasuredRow[] {
  try {
    const found = JSON.parse(readFileSync(path, "utf8"));
    if (found.format !== FORMAT || found.robot !== robot || found.host !== host) return [];
    return Array.isArray(found.rows) ? found.rows.filter(isRow) : [];
  } catch {
    return [];
  }
}

/** Puts a row in the place of an older one of the same failure. Throws when the file cannot be written. */
export function saveMeasured(path: string, robot: string, row: MeasuredRow, host = hostname()): void {
  const others = readMeasured(path, robot, host).filter(({ cause, how }) => cause !== row.cause || how !== row.how);
  const rows = [...others, row];
  mkdirSync(dirname(path), { recursive: true });
  writeWhole(path, `${JSON.stringify({ format: FORMAT, robot, host, rows }, undefined, 2)}\n`);
}

function isRow(value: unknown): value is MeasuredRow {
  if (typeof value !== "object" || value === null) return false;
  const { cause, how, endState, ms, trials, date, load } = value as Partial<Record<keyof MeasuredRow, unknown>>;
  const { p50, max } = (ms ?? {}) as Record<string, unknown>;
  return (
    CAUSES.some((each) => each === cause) &&
    (how === undefined || HOWS.some((each) => each === how)) &&
    typeof endState === "string" &&
    [p50, max, trials, load].every(Number.isFinite) &&
    typeof date === "string" &&
    !Number.isNaN(Date.parse(date))
  );
}
