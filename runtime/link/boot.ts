import * as fs from "node:fs";
import { join } from "node:path";
import { removeQuietly } from "../remove-quietly.ts";

/**
 * Whether the computer has run on since a robot's directory was last used, with every write to it taken: then what was
 * written is there, whoever was killed, and the count of steps goes on without a gap.
 */
const FILE = "boot";

/** "" where the system does not say. */
export function bootId(): string {
  try {
    return fs.readFileSync("/proc/sys/kernel/random/boot_id", "utf8").trim();
  } catch {
    return "";
  }
}

export function isSameBoot(directory: string): boolean {
  const id = bootId();
  try {
    return id !== "" && fs.readFileSync(join(directory, FILE), "utf8").trim() === id;
  } catch {
    return false;
  }
}

/** From here on a process that is killed loses nothing that it wrote. A disk that does not take this is as good as a new boot. */
export function writeBoot(directory: string): void {
  try {
    fs.writeFileSync(join(directory, FILE), `${bootId()}\n`);
  } catch {
    forgetBoot(directory);
  }
}

/**
 * The disk does not take what it is given; taking a file away it mostly still can. Where it cannot, and the robot's processes are
 * all killed before it can again, the learner has more steps than the robot knows of, and the stream begins anew by another name.
 */
export function forgetBoot(directory: string): void {
  removeQuietly(join(directory, FILE));
}
