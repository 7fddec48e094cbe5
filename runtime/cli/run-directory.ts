import {
  appendFileSync,
  closeSync,
  fsyncSync,
  mkdirSync,
  openSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statfsSync,
  writeFileSync,
} from "node:fs";
import { dirname, join } from "node:path";
import { savable } from "../config.ts";
import { isAlive, readHolder, thisProcess } from "../holder.ts";
import { removeQuietly } from "../remove-quietly.ts";
import type { Change } from "./settings.ts";

/** What a run directory holds; anything else in it means that it is somebody's other directory. */
const CONTENTS = new Set([
  "config.json",
  "config-history.jsonl",
  "made-by.json",
  "lock",
  "robot",
  "learner",
  "policy",
  "learner.log",
]);

/** Below this a person is told before the run starts: about three hours of an A1's steps and checkpoints. */
const LOW_DISK_BYTES = 1e9;

/**
 * The one directory in which a run lives. Holds `lock` until `close`, so that two processes never share it:
 * config.json, config-history.jsonl, made-by.json (of an experiment), robot/ (spool, policies, state), learner/ (steps, checkpoints), learner.log, policy/ (the newest).
 */
export class RunDirectory {
  readonly path: string;
  /** What a person should know about how it was opened. */
  readonly notes: readonly string[];

  /** Creates it when it is not there. Throws when it is in use, not a run's, or not writable. */
  constructor(path: string) {
    this.path = path;
    try {
      mkdirSync(path, { recursive: true });
    } catch (error) {
      throw new Error(`${path}: expected a directory for the run, found ${reason(error)}`);
    }
    const strangers = readdirSync(path).filter(
      (name) => !CONTENTS.has(name) && !/^(config|made-by)\.json\.\d+$/.test(name),
    );
    if (strangers.length > 0) {
      throw new Error(`${path}: expected an empty directory or a run, found ${strangers.slice(0, 3).join(", ")} in it`);
    }
    const notes: string[] = [];
    const former = lock(join(path, "lock"));
    if (former !== undefined) notes.push(`${path}: took over from process ${former}, which ended without closing it`);
    const { bavail, bsize } = statfsSync(path);
    const free = bavail * bsize;
    if (free < LOW_DISK_BYTES) notes.push(`${path}: the disk is nearly full, ${(free / 1e6).toFixed(0)} MB are left`);
    this.notes = notes;
  }

  /** What the run's last start saved, or undefined. */
  readConfig(): unknown {
    return readSavedConfig(this.path);
  }

  /** Replaces the saved settings; a crash leaves the old or the new ones, never half of them. */
  writeConfig(config: object): void {
    const file = join(this.path, "config.json");
    const draft = `${file}.${process.pid}`;
    const handle = openSync(draft, "w");
    try {
      writeFileSync(handle, `${JSON.stringify(savable(config), undefined, 2)}\n`);
      fsyncSync(handle);
    } finally {
      closeSync(handle);
    }
    renameSync(draft, file);
  }

  /** Adds what is different from the last start to the run's history: config.json alone says what holds now. */
  recordChanges(changes: readonly Change[], now: () => Date = () => new Date()): void {
    const time = now().toISOString();
    const lines = changes.map(({ setting, was, is }) =>
      JSON.stringify({ time, setting, was: savable(was), is: savable(is) }),
    );
    if (lines.length > 0) appendFileSync(join(this.path, "config-history.jsonl"), `${lines.join("\n")}\n`);
  }

  /** Gives the directory free. May be called twice. Where the disk does not take that, the next run sees that nobody is left. */
  close(): void {
    const file = join(this.path, "lock");
    if (readHolder(file)?.pid === process.pid) removeQuietly(file);
  }
}

/** A run's saved settings, undefined where there are none; needs no lock. */
export function readSavedConfig(run: string): unknown {
  const file = join(run, "config.json");
  let text: string;
  try {
    text = readFileSync(file, "utf8");
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return undefined;
    throw new Error(`${file}: expected a readable file, found ${reason(error)}`);
  }
  try {
    return JSON.parse(text);
  } catch (error) {
    throw new Error(`${file}: expected the settings of this run as JSON, found damage: ${reason(error)}`);
  }
}

/** Takes the lock, and returns the dead process it was taken from, if any. Throws when a living one holds it. */
function lock(file: string): number | undefined {
  const directory = dirname(file);
  const mine = `${JSON.stringify(thisProcess())}\n`;
  if (creates(file, mine)) return undefined;
  const owner = readHolder(file);
  if (owner !== undefined && isAlive(owner)) {
    throw new Error(`${directory}: expected a free run directory, found it in use by process ${owner.pid}`);
  }
  rmSync(file, { force: true });
  if (!creates(file, mine)) throw new Error(`${directory}: expected a free run directory, found it just taken`);
  return owner?.pid ?? 0;
}

function creates(file: string, text: string): boolean {
  try {
    writeFileSync(file, text, { flag: "wx" });
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "EEXIST") return false;
    throw new Error(`${file}: expected to write it, found ${reason(error)}`);
  }
}

function reason(error: unknown): string {
  return (error as Error).message;
}
