import { execFileSync } from "node:child_process";
import { mkdirSync, statfsSync } from "node:fs";
import { join } from "node:path";

/** A directory whose disk can be full. */
export interface ChaosDisk {
  readonly path: string;
  /** Why it cannot be filled; undefined when it can. */
  readonly unable: string | undefined;
  /** From now on it takes nothing more. */
  fill(): void;
  free(): void;
  close(): void;
}

/** Far more than a run of an hour writes. */
const SIZE_BYTES = 512 * 2 ** 20;

/**
 * A directory of that name as a small disk of its own: a tmpfs, whose size can be taken down to what is on it and back,
 * where this process may mount one, as root may; elsewhere a plain directory.
 */
export function openDisk(parent: string, name: string): ChaosDisk {
  const path = join(parent, name);
  mkdirSync(path, { recursive: true });
  const run = (command: string, ...args: string[]): void => {
    execFileSync(command, args, { stdio: ["ignore", "ignore", "pipe"] });
  };
  try {
    run("mount", "-t", "tmpfs", "-o", `size=${SIZE_BYTES}`, "tmpfs", path);
  } catch (error) {
    const [why = ""] = (error as Error).message.split("\n").slice(-2);
    const nothing = (): void => {};
    return { path, unable: `no tmpfs could be mounted: ${why}`, fill: nothing, free: nothing, close: nothing };
  }
  const resize = (bytes: number): void => run("mount", "-o", `remount,size=${bytes}`, path);
  return {
    path,
    unable: undefined,
    fill: () => {
      for (let spare = 0; ; spare++) {
        const { blocks, bfree, bsize } = statfsSync(path);
        try {
          return resize(Math.max(1, blocks - bfree + spare) * bsize);
        } catch (error) {
          if (spare === 64) throw error; // whoever writes between the two is given a little more room each time
        }
      }
    },
    free: () => resize(SIZE_BYTES),
    close: () => run("umount", "-l", path),
  };
}
