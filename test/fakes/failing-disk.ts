import { execFileSync } from "node:child_process";
import { existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync, truncateSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

const SIZE_BYTES = 16 * 2 ** 20;
const SYSTEM = "/sys/fs/ext4";

/** A disk that can break. */
export interface FailingDisk {
  readonly path: string;
  /** As the kernel does after an error on the medium: from now on it is read-only, also for whoever has files open. */
  fail(): void;
  close(): void;
}

/** A file with ext4 in it; undefined where this process may not mount one, as root mostly may. */
export function failingDisk(): FailingDisk | undefined {
  const home = mkdtempSync(join(tmpdir(), "reverie-failing-"));
  const [medium, path] = [join(home, "medium"), join(home, "disk")];
  const run = (command: string, ...args: string[]): void => {
    execFileSync(command, args, { stdio: "ignore" });
  };
  const known = existsSync(SYSTEM) ? readdirSync(SYSTEM) : [];
  try {
    mkdirSync(path);
    writeFileSync(medium, "");
    truncateSync(medium, SIZE_BYTES);
    run("mkfs.ext4", "-q", medium);
    run("mount", "-o", "loop,errors=remount-ro", medium, path);
  } catch {
    rmSync(home, { recursive: true, force: true });
    return undefined;
  }
  const close = (): void => {
    run("umount", "-l", path);
    rmSync(home, { recursive: true, force: true });
  };
  const trigger = readdirSync(SYSTEM)
    .filter((name) => !known.includes(name))
    .map((name) => join(SYSTEM, name, "trigger_fs_error"))
    .find((file) => existsSync(file));
  if (trigger !== undefined) return { path, fail: () => writeFileSync(trigger, "1"), close };
  close();
  return undefined;
}
