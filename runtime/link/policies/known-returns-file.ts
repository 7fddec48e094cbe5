import * as fs from "node:fs";
import { join } from "node:path";
import { writeWhole } from "../../write-whole.ts";
import type { KnownReturns } from "./return-watch.ts";

const FILE = "returns.json";

/** What a robot's returns were, in its directory of policies; undefined when nothing sensible is there. */
export function readKnownReturns(directory: string): KnownReturns | undefined {
  try {
    const found = JSON.parse(fs.readFileSync(join(directory, FILE), "utf8")) as Partial<KnownReturns> | null;
    const { first, least, best, version } = found ?? {};
    const fits = [first, least, best].every(Number.isFinite) && Number.isSafeInteger(version);
    return fits ? (found as KnownReturns) : undefined;
  } catch {
    return undefined; // it is known again after some thousand steps
  }
}

export function writeKnownReturns(directory: string, known: KnownReturns): void {
  writeWhole(join(directory, FILE), `${JSON.stringify(known)}\n`);
}
