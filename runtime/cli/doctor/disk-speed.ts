import { closeSync, fsyncSync, openSync, unlinkSync, writeSync } from "node:fs";
import { join } from "node:path";
import type { DiskSpeed } from "./system.ts";

const BLOCK = 4096;

/**
 * Writes and syncs small blocks, then one large piece, into a file that has no name any more: whatever happens, nothing is
 * left. Stops early after `budgetMs`. Throws where no file can be made.
 */
export function diskSpeed(folder: string, syncs: number, writeMb: number, budgetMs: number): DiskSpeed {
  const path = join(folder, `.reverie-doctor-${process.pid}`);
  const file = openSync(path, "wx");
  try {
    unlinkSync(path);
    const started = performance.now();
    const block = Buffer.alloc(BLOCK, 1);
    const syncMs: number[] = [];
    while (syncMs.length < syncs && performance.now() - started < budgetMs / 2) {
      const before = performance.now();
      writeSync(file, block);
      fsyncSync(file);
      syncMs.push(performance.now() - before);
    }
    const piece = Buffer.alloc(1_000_000, 2);
    const before = performance.now();
    let written = 0;
    do {
      writeSync(file, piece);
      fsyncSync(file);
      written++;
    } while (written < writeMb && performance.now() - started < budgetMs);
    return { syncMs, speedMb: (1000 * written) / (performance.now() - before) };
  } finally {
    closeSync(file);
  }
}
