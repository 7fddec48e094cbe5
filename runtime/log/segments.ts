import * as fs from "node:fs";
import { join } from "node:path";

/** A file of a log. */
export interface Segment {
  readonly path: string;
  /** Sequence number it begins with, which names it. */
  readonly first: number;
  /** As far as known: of the file that is being written, without what it has got since. */
  bytes: number;
}

const NAME = /^(\d{16})\.mcap$/;
const NAME_BEFORE = /^\d{16}\.log$/;

export function segmentPath(directory: string, first: number): string {
  return join(directory, `${String(first).padStart(16, "0")}.mcap`);
}

/** The oldest first. Throws on files of the format of before. */
export function segmentsIn(directory: string): Segment[] {
  const names = fs.readdirSync(directory).sort();
  const old = names.find((name) => NAME_BEFORE.test(name));
  if (old !== undefined) {
    throw new Error(
      `log ${directory}: expected MCAP files, found ${old} of a Reverie before 0.1; begin another run (--run <directory>)`,
    );
  }
  return names.flatMap((name) => {
    const path = join(directory, name);
    const first = NAME.exec(name)?.[1];
    return first === undefined ? [] : [{ path, first: Number(first), bytes: fs.statSync(path).size }];
  });
}
