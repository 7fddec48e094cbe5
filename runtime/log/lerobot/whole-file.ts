import * as fs from "node:fs";
import { dirname } from "node:path";
import { syncDirectory } from "../sync-directory.ts";

/** A file beside `path` that no reader of a dataset takes for one of its own. */
export function draftOf(path: string): string {
  return `${path}.draft`;
}

/** The file is there wholly or as it was before, whoever is killed, and on the disk when this returns. Throws on a full disk. */
export function writeWholeFile(path: string, bytes: Uint8Array | string): void {
  fs.mkdirSync(dirname(path), { recursive: true });
  fs.writeFileSync(draftOf(path), bytes, { flush: true });
  fs.renameSync(draftOf(path), path);
  syncDirectory(dirname(path));
}

/** The same for a draft that somebody else wrote. */
export function finishDraft(path: string): void {
  const file = fs.openSync(draftOf(path), "r+");
  try {
    fs.fsyncSync(file);
  } finally {
    fs.closeSync(file);
  }
  fs.renameSync(draftOf(path), path);
  syncDirectory(dirname(path));
}
