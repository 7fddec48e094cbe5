import { spawn } from "node:child_process";
import { once } from "node:events";
import * as fs from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { hold } from "../../../runtime/link/hold.ts";

let directory = "";
beforeEach(() => {
  directory = fs.mkdtempSync(join(tmpdir(), "reverie-hold-"));
});
afterEach(() => {
  fs.rmSync(directory, { recursive: true, force: true });
});

const lock = () => join(directory, "link.lock");

test("a directory that a living process holds is waited for, and refused by name when that takes too long", async () => {
  const other = spawn(process.execPath, ["-e", "setTimeout(() => {}, 60000)"]);
  const stat = `/proc/${other.pid}/stat`;
  const started = fs.existsSync(stat) ? fs.readFileSync(stat, "utf8").split(") ").at(-1)!.split(" ")[19] : "";
  fs.writeFileSync(lock(), JSON.stringify({ pid: other.pid, started }));
  await expect(hold(directory, 50)).rejects.toThrow(
    `expected it free, found it held by process ${other.pid} after 50 ms`,
  );
  const held = hold(directory, 10_000);
  other.kill("SIGKILL");
  await once(other, "exit");
  const release = await held;
  expect(JSON.parse(fs.readFileSync(lock(), "utf8"))).toMatchObject({ pid: process.pid });
  release();
  expect(fs.existsSync(lock())).toBe(false);
});

test.each([
  ["of a process that is gone", '{"pid":999999,"started":"1"}'],
  ["that a power loss cut short", ""],
])("a lock %s holds nobody up", async (_, text) => {
  fs.writeFileSync(lock(), text);
  const release = await hold(directory, 0);
  release();
});
