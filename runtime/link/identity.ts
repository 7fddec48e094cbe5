import { randomBytes } from "node:crypto";
import * as fs from "node:fs";
import { join } from "node:path";
import { writeWhole } from "../write-whole.ts";

/** Whose spool this is, kept in the robot's directory. */
export interface Identity {
  /** Names the spool the sequence numbers belong to. */
  readonly stream: string;
  /** The spool was closed in order, so its end is where the robot stopped. */
  readonly closed: boolean;
  /** First step that goes by this name; those before it went by another. */
  readonly from: number;
}

export function newIdentity(from: number): Identity {
  return { stream: randomBytes(8).toString("hex"), closed: true, from };
}

/** A new identity when there is none or it cannot be read: a stream that is new costs nothing, a mixed-up one does. */
export function readIdentity(directory: string): Identity {
  try {
    const text = fs.readFileSync(join(directory, "stream.json"), "utf8");
    const { stream, closed, from } = JSON.parse(text) as Partial<Identity>;
    if (typeof stream === "string" && stream !== "") {
      return { stream, closed: closed === true, from: Number.isSafeInteger(from) ? from! : 0 };
    }
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "ENOENT" && !(error instanceof SyntaxError)) throw error;
  }
  return newIdentity(0);
}

/** Throws when the disk does not take it; the one before stays. */
export function writeIdentity(directory: string, identity: Identity): void {
  const path = join(directory, "stream.json");
  try {
    writeWhole(path, `${JSON.stringify(identity)}\n`, { flush: true });
  } catch (error) {
    throw new Error(`${path}: expected to be written, found ${(error as Error).message}; free some room`);
  }
}
