import * as fs from "node:fs";
import { removeQuietly } from "./remove-quietly.ts";

/**
 * Writes a file so that it is there wholly or as it was before, whoever is killed. `flush`: also when the power goes. Throws as
 * `node:fs` does where the disk does not take it; then nothing is left behind.
 */
export function writeWhole(path: string, content: string | Uint8Array, { flush = false } = {}): void {
  const draft = `${path}.tmp`;
  try {
    fs.writeFileSync(draft, content, { flush });
    fs.renameSync(draft, path);
  } catch (error) {
    removeQuietly(draft);
    throw error;
  }
}
