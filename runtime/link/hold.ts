import * as fs from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { type Holder, isAlive, readHolder, thisProcess } from "../holder.ts";
import { removeQuietly } from "../remove-quietly.ts";

const FILE = "link.lock";
const RETRY_MS = 20;

/**
 * Takes the robot's directory for this process, so that two never write to one spool: the link of a supervisor that was
 * killed may still be closing it. Returns how to give it free. Throws when the holder lives on after `waitMs`.
 */
export async function hold(directory: string, waitMs: number): Promise<() => void> {
  const path = join(directory, FILE);
  const until = performance.now() + waitMs;
  const mine = thisProcess();
  assertWritable(directory, mine);
  while (!creates(path, mine)) {
    const holder = readHolder(path);
    // Our own number is of an earlier link in this process, or of a process of before.
    if (holder === undefined || holder.pid === process.pid || !isAlive(holder))
      fs.rmSync(path, { force: true }); // a full disk then has room for ours
    else if (performance.now() < until) await sleep(RETRY_MS);
    else {
      const found = `found it held by process ${holder.pid} after ${waitMs} ms`;
      throw new Error(`${directory}: expected it free, ${found}; end that, or begin another run (--run <directory>)`);
    }
  }
  return () => {
    if (readHolder(path)?.pid === process.pid) removeQuietly(path);
  };
}

/** Also says what to do: the robot does not start without a place for its steps. */
function assertWritable(directory: string, { pid }: Holder): void {
  const draft = join(directory, `${FILE}.${pid}`);
  try {
    fs.mkdirSync(directory, { recursive: true });
    fs.writeFileSync(draft, "");
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    if (isFull(code)) return; // of a run that goes on: its link may still send what waits elsewhere
    throw new Error(
      `${directory}: expected a directory to write steps to, found ${message}; make it writable, or begin a run elsewhere (--run <directory>)`,
    );
  } finally {
    removeQuietly(draft);
  }
}

/** False where somebody has it, or had: also where the disk has no room for ours beside theirs. */
function creates(path: string, holder: Holder): boolean {
  const draft = `${path}.${holder.pid}`;
  try {
    fs.writeFileSync(draft, JSON.stringify(holder));
    fs.linkSync(draft, path); // whole or not at all, and only where there is none
    return true;
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    if (code === "EEXIST" || (isFull(code) && fs.existsSync(path))) return false;
    throw new Error(`${path}: expected to be written, found ${message}; free some room`);
  } finally {
    removeQuietly(draft);
  }
}

const isFull = (code: string | undefined): boolean => code === "ENOSPC" || code === "EDQUOT";
