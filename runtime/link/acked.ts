import * as fs from "node:fs";
import { join } from "node:path";
import { writeWhole } from "../write-whole.ts";

const FILE = "acked";

/** Every step below this was on the learner's disk; 0 when it is not known. Older than the truth after a power loss. */
export function readAcked(directory: string): number {
  try {
    const acked = Number(fs.readFileSync(join(directory, FILE), "utf8"));
    return Number.isSafeInteger(acked) && acked >= 0 ? acked : 0;
  } catch {
    return 0;
  }
}

/** A disk that does not take it costs nothing: the learner says it again. */
export function writeAcked(directory: string, acked: number): void {
  try {
    writeWhole(join(directory, FILE), `${acked}\n`);
  } catch {}
}
