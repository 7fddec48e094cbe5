import { execFileSync } from "node:child_process";
import { mkdirSync, readFileSync, realpathSync, renameSync, writeFileSync } from "node:fs";
import { cpus } from "node:os";
import { join } from "node:path";

/** What makes a run: two runs of one seed are bit-equal where all of this is equal. */
export interface Maker {
  readonly version: string;
  /** Of the checkout the program was built in; undefined when it is none. */
  readonly commit: string | undefined;
  /** Tracked files differ from the commit. */
  readonly dirty: boolean | undefined;
  readonly node: string;
  readonly processor: string;
}

/** One start of a run. */
export interface Session extends Maker {
  /** ISO 8601 */
  readonly began: string;
  /** Steps the run had then. */
  readonly fromStep: number;
}

const FILE = "made-by.json";

/** `root` holds package.json. A git checkout around it that is somebody else's does not count. */
export function describeMaker(root: string): Maker {
  const { version } = JSON.parse(readFileSync(join(root, "package.json"), "utf8"));
  const isOurs = git(root, "rev-parse", "--show-toplevel") === realpathSync(root);
  const commit = isOurs ? git(root, "rev-parse", "HEAD") : undefined;
  const changes = commit === undefined ? undefined : git(root, "status", "--porcelain", "--untracked-files=no");
  return {
    version,
    commit,
    dirty: changes === undefined ? undefined : changes !== "",
    node: process.version,
    processor: cpus()[0]?.model.trim() || process.arch,
  };
}

/** Undefined where there is no git, or no checkout. */
function git(root: string, ...args: string[]): string | undefined {
  try {
    return execFileSync("git", ["-C", root, ...args], { encoding: "utf8", stdio: ["ignore", "pipe", "ignore"] }).trim();
  } catch {
    return undefined;
  }
}

/** Adds a start to the run's `made-by.json`; a crash leaves the old or the new file. */
export function recordSession(run: string, session: Session): void {
  mkdirSync(run, { recursive: true });
  const draft = join(run, `${FILE}.${process.pid}`);
  writeFileSync(draft, `${JSON.stringify({ sessions: [...readSessions(run), session] }, undefined, 2)}\n`);
  renameSync(draft, join(run, FILE));
}

/** Starts of a run, oldest first; none when it was not made by an experiment. */
export function readSessions(run: string): readonly Session[] {
  try {
    const { sessions } = JSON.parse(readFileSync(join(run, FILE), "utf8"));
    return Array.isArray(sessions) ? sessions : [];
  } catch {
    return [];
  }
}
