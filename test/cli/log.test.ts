import * as fs from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { log } from "../../runtime/cli/log.ts";
import { thisProcess } from "../../runtime/holder.ts";
import { RecordLog } from "../../runtime/log/record-log.ts";

let run = "";
beforeEach(() => {
  run = fs.mkdtempSync(join(tmpdir(), "reverie-cli-log-"));
});
afterEach(() => {
  fs.rmSync(run, { recursive: true, force: true });
});

const spool = () => join(run, "robot", "spool");
const BODY = Uint8Array.of(0xab, 0xcd, 0xab, 0xcd);
const file = () => join(spool(), "0000000000000000.mcap");

async function recorded(): Promise<void> {
  const topics = [{ name: "/text", type: "reverie_msgs/msg/Text", definition: "uint8[] bytes\n" }];
  const made = new RecordLog(spool(), {
    topics,
    heading: () => ({ metadata: [{ name: "reverie", values: { robot: "arm" } }] }),
  });
  for (let i = 0; i < 5; i++) {
    made.append(i, BigInt(i) * 1_000_000_000n, [{ channel: 1, body: BODY }]);
    await made.sync();
  }
  await made.close();
}

async function said(...argv: string[]): Promise<{ code: number; lines: string[] }> {
  const lines: string[] = [];
  const code = await log(argv, (line) => lines.push(line));
  return { code, lines };
}

test("what is in a run's recordings is said, and that they are whole", async () => {
  await recorded();
  const { code, lines } = await said("info", run);
  expect(code).toBe(0);
  expect(lines[0]).toBe(`${file()}: whole, 5 messages in 5 chunks, 4.0 s, 0.0 MB`);
  expect(lines.slice(1)).toEqual(["  /text  5", "  reverie.robot  arm"]);
  expect(await said("verify", file())).toEqual({ code: 0, lines: [lines[0]] });
  const { lines: json } = await said("verify", run, "--json");
  expect(JSON.parse(json[0]!)).toMatchObject([{ path: file(), found: { messages: 5, endNs: "4000000000" } }]);
});

test("a file without its end is told, made whole by its own word, and then is", async () => {
  await recorded();
  const bytes = fs.readFileSync(file());
  fs.writeFileSync(file(), bytes.subarray(0, bytes.lastIndexOf(BODY) + 2));
  const before = await said("verify", run);
  expect(before).toEqual({
    code: 1,
    lines: [`log ${file()}: expected its end, found none; it is in use, or a crash left it`],
  });
  const { code, lines } = await said("recover", run);
  expect(code).toBe(0);
  expect(lines[0]).toMatch(/dropped a torn tail of \d+ bytes/);
  expect(lines[1]).toMatch(/whole, 4 messages/);
  expect((await said("verify", run)).code).toBe(0);
});

test("damage in the middle is told, and recovery keeps the rest", async () => {
  await recorded();
  const bytes = fs.readFileSync(file());
  bytes[bytes.lastIndexOf(BODY)]! ^= 1;
  fs.writeFileSync(file(), bytes);
  const before = await said("verify", run);
  expect(before.code).toBe(1);
  expect(before.lines[0]).toMatch(/expected a whole MCAP file, found: Incorrect chunk CRC/);
  const { code, lines } = await said("recover", run);
  expect(code).toBe(0);
  expect(lines[0]).toMatch(/skipped damage from byte \d+ to \d+/);
  expect(lines.at(-1)).toMatch(/whole, 4 messages/);
});

test("what somebody writes is left alone, also when only a part of it is named; what a dead process left is not", async () => {
  await recorded();
  for (const lock of ["lock", join("robot", "link.lock")]) {
    fs.mkdirSync(join(run, "robot"), { recursive: true });
    fs.writeFileSync(join(run, lock), JSON.stringify(thisProcess()));
    for (const path of [run, file()]) {
      await expect(log(["recover", path])).rejects.toThrow(`in use by process ${process.pid}`);
    }
    fs.writeFileSync(join(run, lock), JSON.stringify({ ...thisProcess(), started: "1" }));
    expect((await said("recover", run)).code).toBe(0);
  }
});

test("what is no recording is refused by name", async () => {
  await recorded();
  fs.writeFileSync(join(run, "lock"), "");
  await expect(log(["verify", join(run, "no")])).rejects.toThrow("expected a recording or a run, found nothing");
  await expect(log(["verify", join(run, "lock"), "x"])).rejects.toThrow('found "verify');
  await expect(log(["repair", run])).rejects.toThrow(
    "log: expected one of info, verify, recover, export, import and a file or run",
  );
});
