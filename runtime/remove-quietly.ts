import * as fs from "node:fs";

/** Takes a file away if there is one and its disk lets go of it; a read-only one does not. False where it may still be there. */
export function removeQuietly(path: string): boolean {
  try {
    fs.rmSync(path, { force: true });
    return true;
  } catch {
    return false;
  }
}
