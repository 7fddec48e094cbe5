import { execFile } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { afterEach, beforeEach, expect, test } from "vitest";
import { RUNTIME_DEFAULTS } from "../../../runtime/defaults.ts";

let directory: string;
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), "reverie-child-"));
});
afterEach(() => rmSync(directory, { recursive: true, force: true }));

test("a process runs its own entry with its own options, whatever its parent was started with", async () => {
  const entry = join(directory, "entry.mjs");
  writeFileSync(entry, "process.send(process.execArgv); setTimeout(() => {}, 60_000);\n");
  const built = new URL("../../../dist/runtime/supervisor/child.js", import.meta.url).href;
  const parent = `
    import { pathToFileURL } from "node:url";
    const { Child } = await import(${JSON.stringify(built)});
    const child = new Child({
      name: "entry", entry: pathToFileURL(${JSON.stringify(entry)}), nodeOptions: ["--single-threaded-gc"],
      settings: ${JSON.stringify(RUNTIME_DEFAULTS.supervisor)}, report: (line) => console.error(line),
      onMessage: (message) => { console.log(JSON.stringify(message)); process.exit(0); },
      onStart: () => {}, onDeath: async () => false,
    });
    child.start();
    setTimeout(() => process.exit(1), 20_000);`;
  const { stdout } = await promisify(execFile)(process.execPath, ["--input-type=module", "--eval", parent]);
  expect(JSON.parse(stdout)).toEqual(["--single-threaded-gc"]);
}, 30_000);
