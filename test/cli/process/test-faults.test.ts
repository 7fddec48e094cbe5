import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { expect, test } from "vitest";

const FAULTS = resolve(import.meta.dirname, "../../../dist/runtime/cli/process/test-faults.js");
const SCRIPT = `
  import { acceptTestFaults } from ${JSON.stringify(FAULTS)};
  acceptTestFaults();
  if (process.listenerCount("SIGUSR2") > 0) process.kill(process.pid, "SIGUSR2");
  setTimeout(() => console.log("untouched"), 300);`;

const run = (how: string | undefined, kind = "throw") => {
  const directory = mkdtempSync(join(tmpdir(), "reverie-faults-"));
  const path = join(directory, "fault");
  writeFileSync(path, kind);
  const { REVERIE_TEST_FAULTS: _, ...env } = process.env;
  const result = spawnSync(process.execPath, ["--input-type=module", "-e", SCRIPT], {
    encoding: "utf8",
    env: how === undefined ? env : { ...env, REVERIE_TEST_FAULTS: path },
  });
  rmSync(directory, { recursive: true });
  return result;
};

test("a process fails as it is asked to only when it was started for that", () => {
  expect(run(undefined).stdout).toBe("untouched\n");
  const failed = run("on");
  expect(failed.status).toBe(1);
  expect(failed.stderr).toContain("a fault that was asked for");
  expect(run("on", "smile").stderr).toContain(
    'expected one of busy, throw, memory, read, write, fail, nan, found "smile"',
  );
});
