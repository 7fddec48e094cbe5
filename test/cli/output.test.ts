import { spawnSync } from "node:child_process";
import { closeSync, constants, mkdtempSync, openSync, readFileSync, readSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { Output } from "../../runtime/cli/output.ts";

let directory: string;
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), "reverie-output-"));
});
afterEach(() => rmSync(directory, { recursive: true, force: true }));

const ESCAPE = String.fromCharCode(27);

/** What is on the screen after these bytes, as a terminal shows it that knows "up" and "clear below". */
function screen(bytes: string): string[] {
  const [start = "", ...redraws] = bytes.split(`${ESCAPE}[`);
  const rows = start.split("\n").slice(0, -1);
  for (const redraw of redraws) {
    const up = /^(\d+)A/.exec(redraw)?.[1];
    if (up !== undefined) rows.splice(rows.length - Number(up));
    else rows.push(...redraw.slice(1).split("\n").slice(0, -1));
  }
  return rows;
}

test("lines stay in order above a picture that is redrawn in place", async () => {
  const file = join(directory, "out");
  const descriptor = openSync(file, "w");
  const output = new Output(descriptor);
  output.line("one");
  output.draw(["a", "b"]);
  await output.flush(1000);
  output.draw(["c", "d", "e"]);
  await output.flush(1000);
  output.line("two");
  output.draw(["f"]);
  await output.flush(1000);
  expect(screen(readFileSync(file, "utf8"))).toEqual(["one", "two", "f"]);
  output.draw([]);
  output.line("three");
  expect(await output.flush(1000)).toBe(true);
  closeSync(descriptor);
  expect(screen(readFileSync(file, "utf8"))).toEqual(["one", "two", "three"]);
});

test("a line right after an empty picture is not forgotten", async () => {
  const file = join(directory, "out");
  const descriptor = openSync(file, "w");
  const output = new Output(descriptor);
  output.draw([]);
  output.line("one");
  await output.flush(1000);
  closeSync(descriptor);
  expect(readFileSync(file, "utf8")).toBe("one\n");
});

function readAvailable(descriptor: number): string {
  const bytes = Buffer.alloc(1 << 16);
  try {
    return bytes.toString("utf8", 0, readSync(descriptor, bytes));
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "EAGAIN") return "";
    throw error;
  }
}

test("a terminal that takes nothing holds nobody up, and shows the newest when it goes on", async () => {
  const fifo = join(directory, "fifo");
  spawnSync("mkfifo", [fifo]);
  const descriptor = openSync(fifo, constants.O_RDWR);
  const output = new Output(descriptor);
  output.line("x".repeat(1 << 20));
  expect(await output.flush(20)).toBe(false);
  for (let i = 0; i < 1000; i++) output.line(`line ${i}`);
  const reader = openSync(fifo, constants.O_RDONLY | constants.O_NONBLOCK);
  let text = "";
  while (!text.endsWith("line 999\n")) {
    text += readAvailable(reader);
    await new Promise((resolve) => setImmediate(resolve));
  }
  closeSync(reader);
  closeSync(descriptor);
  const lines = text.split("\n");
  expect(lines.slice(1, 3)).toEqual(["(800 lines left out)", "line 800"]);
  expect(lines.length).toBe(1 + 1 + 200 + 1);
});

test("when nobody reads any more, output ends without a word", async () => {
  const file = join(directory, "out");
  closeSync(openSync(file, "w"));
  const descriptor = openSync(file, "r"); // writing to it fails, as it does after the reader of a pipe has left
  const output = new Output(descriptor);
  output.line("one");
  expect(await output.flush(1000)).toBe(true);
  output.line("two");
  expect(await output.flush(1000)).toBe(true);
  closeSync(descriptor);
});
