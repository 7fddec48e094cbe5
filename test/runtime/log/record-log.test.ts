import * as fs from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import fc from "fast-check";
import { afterEach, beforeEach, expect, test } from "vitest";
import { encodeRecord } from "../../../runtime/log/record.ts";
import { RecordLog } from "../../../runtime/log/record-log.ts";

let directory = "";
beforeEach(() => {
  directory = fs.mkdtempSync(join(tmpdir(), "reverie-log-"));
});
afterEach(() => {
  fs.rmSync(directory, { recursive: true, force: true });
});

const payload = (sequence: number) => Buffer.from(`step ${sequence}`);
const read = (log: RecordLog, from = 0) =>
  [...log.read(from)].map(({ sequence, payload }) => [sequence, Buffer.from(payload).toString()]);
const expected = (from: number, to: number) =>
  Array.from({ length: to - from }, (_, i) => [from + i, `step ${from + i}`]);

async function written(count: number, segmentBytes = 1 << 20): Promise<void> {
  const log = new RecordLog(directory, { segmentBytes });
  for (let i = 0; i < count; i++) {
    log.append(i, payload(i));
    log.flush();
  }
  await log.close();
}

const segments = () => fs.readdirSync(directory).sort();

test("a record is these bytes", () => {
  expect(Buffer.from(encodeRecord(5, Uint8Array.of(1, 2))).toString("hex")).toBe(
    "0a0000005ff3b6f205000000000000000102",
  );
});

test("what was appended is read back from any sequence, across segments and openings", async () => {
  await written(20, 60);
  const log = new RecordLog(directory, { segmentBytes: 60 });
  expect(log.next).toBe(20);
  expect(Buffer.from(log.last!.payload).toString()).toBe("step 19");
  log.append(20, payload(20));
  expect(segments().length).toBeGreaterThan(5);
  for (let from = 0; from <= 21; from++) expect(read(log, from)).toEqual(expected(from, 21));
  await log.close();
});

test("a file cut at any byte gives every whole record before the cut, says so once, and goes on from there", async () => {
  await written(4);
  const path = join(directory, segments()[0]!);
  const whole = fs.readFileSync(path);
  const recordBytes = whole.length / 4;
  for (let cut = 0; cut < whole.length; cut++) {
    fs.writeFileSync(path, whole.subarray(0, cut));
    const lines: string[] = [];
    const log = new RecordLog(directory, { report: (line) => lines.push(line) });
    const kept = Math.floor(cut / recordBytes);
    expect(log.next).toBe(kept);
    expect(lines.length).toBe(cut % recordBytes === 0 ? 0 : 1);
    log.append(kept, payload(kept));
    expect(read(log)).toEqual(expected(0, kept + 1));
    await log.close();
  }
});

test("any damaged byte costs one record, and is reported", async () => {
  await written(6);
  const path = join(directory, segments()[0]!);
  const whole = fs.readFileSync(path);
  const recordBytes = whole.length / 6;
  await fc.assert(
    fc.asyncProperty(fc.nat(whole.length - 1), fc.integer({ min: 1, max: 255 }), async (at, flip) => {
      fs.writeFileSync(
        path,
        whole.map((byte, i) => (i === at ? byte ^ flip : byte)),
      );
      const lines: string[] = [];
      const log = new RecordLog(directory, { report: (line) => lines.push(line) });
      const lost = Math.floor(at / recordBytes);
      expect(read(log)).toEqual(expected(0, 6).filter(([sequence]) => sequence !== lost));
      expect(lines[0]).toMatch(lost === 5 ? /dropped a torn tail of \d+ bytes/ : /skipped damage from byte \d+ to \d+/);
      await log.close();
    }),
    { numRuns: 60 },
  );
});

test("records inside a payload are not believed", async () => {
  const log = new RecordLog(directory);
  log.append(0, encodeRecord(1, payload(1)));
  log.append(1, payload(1));
  expect([...log.read(0)].map(({ sequence }) => sequence)).toEqual([0, 1]);
  await log.close();
});

test("segments wholly below a sequence are deleted and the count goes on after everything was deleted", async () => {
  await written(10, 60);
  const log = new RecordLog(directory, { segmentBytes: 60 });
  log.deleteBelow(5);
  expect(log.first).toBeLessThanOrEqual(5);
  expect(read(log, 5)).toEqual(expected(5, 10));
  log.deleteBelow(10);
  expect(segments().length).toBe(1);
  await log.close();
  const again = new RecordLog(directory);
  expect(again.next).toBe(10);
  await again.close();
});

test("a sequence that does not rise is refused, a jump is kept", async () => {
  const log = new RecordLog(directory);
  log.append(3, payload(3));
  expect(() => log.append(3, payload(3))).toThrow("expected sequence 4 or later, found 3");
  log.append(9, payload(9));
  expect(read(log)).toEqual([
    [3, "step 3"],
    [9, "step 9"],
  ]);
  await log.close();
});

test("a full disk is an error value, loses nothing and heals", async () => {
  let room = 70;
  const log = new RecordLog(directory, {
    write: (file, bytes, offset, length, position) => {
      if (room === 0) throw Object.assign(new Error("no space left on device"), { code: "ENOSPC" });
      const wrote = fs.writeSync(file, bytes, offset, Math.min(length, room), position);
      room -= wrote;
      return wrote;
    },
  });
  for (let i = 0; i < 5; i++) log.append(i, payload(i));
  expect(log.flush()).toMatchObject({ code: "ENOSPC" });
  expect(await log.sync()).toMatchObject({ code: "ENOSPC" });
  expect(log.pendingBytes).toBeGreaterThan(0);
  expect(read(log)).toEqual(expected(0, 5));
  log.deleteBelow(2);
  expect(read(log)).toEqual(expected(2, 5));
  room = 1000;
  expect(log.flush()).toBeUndefined();
  expect(log.pendingBytes).toBe(0);
  await log.close();
  expect(read(new RecordLog(directory))).toEqual(expected(2, 5));
});
