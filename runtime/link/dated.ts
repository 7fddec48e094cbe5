import * as fs from "node:fs";
import { join } from "node:path";
import { bootId } from "./boot.ts";

const FILE = "dated";

/**
 * First step of the spool whose time is surely from this boot's monotonic clock: of older ones, that clock says nothing.
 * `next`: of the step to come, which is where it begins when the computer was started since, or cannot say.
 */
export function readDatedFrom(directory: string, next: number): number {
  const path = join(directory, FILE);
  const id = bootId();
  try {
    const [boot, from] = fs.readFileSync(path, "utf8").split("\n");
    if (boot === id && id !== "" && Number.isSafeInteger(Number(from))) return Math.min(Number(from), next);
  } catch {} // the first start, or a disk that gives nothing
  try {
    fs.writeFileSync(path, `${id}\n${next}\n`);
  } catch {} // then the next start knows less
  return next;
}
