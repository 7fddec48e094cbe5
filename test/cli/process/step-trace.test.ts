import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, test } from "vitest";
import { madeSteps } from "../../../runtime/cli/chaos/made.ts";
import { rowCrc, stepTrace } from "../../../runtime/cli/process/step-trace.ts";
import { markFirst } from "../../../runtime/wire/step-codec.ts";
import { stepRow } from "../../fakes/robot-link.ts";

test("what is traced is read back, and a row is known again where only a hole before it was marked", () => {
  const directory = mkdtempSync(join(tmpdir(), "reverie-trace-"));
  try {
    const path = join(directory, "steps");
    expect(madeSteps(path)).toEqual([]);
    const trace = stepTrace(path);
    const row = stepRow(7, 123);
    trace(7, row);
    trace(8, stepRow(8, 456));
    const marked = row.slice();
    markFirst(marked);
    expect(madeSteps(path)).toEqual([
      { sequence: 7, timeNs: 123n, pid: process.pid, supervisor: process.ppid, crc: rowCrc(marked) },
      { sequence: 8, timeNs: 456n, pid: process.pid, supervisor: process.ppid, crc: rowCrc(stepRow(8, 456)) },
    ]);
    expect(rowCrc(row.with(40, row[40]! ^ 1))).not.toBe(rowCrc(row));
  } finally {
    rmSync(directory, { recursive: true, force: true });
  }
});
