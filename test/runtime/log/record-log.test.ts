import * as fs from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { McapIndexedReader } from "@mcap/core";
import { afterEach, beforeEach, expect, test } from "vitest";
import { RecordLog, type RecordLogOptions } from "../../../runtime/log/record-log.ts";
import { verifyFile } from "../../../runtime/log/verify.ts";
import { draws, fc } from "../../properties.ts";

/** Files that cost nothing to sync, where there are such. */
const MEMORY = fs.existsSync("/dev/shm") ? "/dev/shm" : tmpdir();

let directory = "";
beforeEach(() => {
  directory = fs.mkdtempSync(join(MEMORY, "reverie-log-"));
});
afterEach(() => {
  fs.rmSync(directory, { recursive: true, force: true });
});

const TOPICS = [
  { name: "/text", type: "reverie_msgs/msg/Text", definition: "uint8[] bytes\n" },
  { name: "/beside", type: "reverie_msgs/msg/Beside", definition: "uint8[] bytes\n" },
];
const open = (options: Partial<RecordLogOptions> = {}) => new RecordLog(directory, { topics: TOPICS, ...options });
const append = (log: RecordLog, sequence: number) =>
  log.append(sequence, BigInt(1000 * sequence), [{ channel: 1, body: Buffer.from(`step ${sequence}`) }]);
const textOf = (body: Uint8Array) => Buffer.from(body).toString();
const read = (log: RecordLog, from = 0) =>
  [...log.read(from)].map(({ sequence, messages }) => [sequence, textOf(messages[0]!.body)]);
const expected = (from: number, to: number) =>
  Array.from({ length: to - from }, (_, i) => [from + i, `step ${from + i}`]);

/** Each in a chunk of its own. */
async function written(count: number, options: Partial<RecordLogOptions> = {}): Promise<void> {
  const log = open(options);
  for (let i = 0; i < count; i++) {
    append(log, i);
    await log.sync();
  }
  await log.close();
}

const segments = () => fs.readdirSync(directory).sort();
const pathOf = (i: number) => join(directory, segments().at(i)!);

/** As a crash leaves it: a file whose entries lie in one chunk each, without its end. Returns where each ends. */
async function crashed(count: number): Promise<{ path: string; bytes: Buffer; ends: number[] }> {
  const log = open();
  const ends: number[] = [];
  for (let i = 0; i < count; i++) {
    append(log, i);
    log.flush();
    ends.push(fs.statSync(pathOf(0)).size);
    await log.sync();
  }
  const path = pathOf(0);
  const bytes = fs.readFileSync(path);
  await log.close();
  return { path, bytes, ends };
}

/** Where the chunks of a finished file lie. */
async function chunksOf(whole: Buffer): Promise<{ from: number; to: number }[]> {
  const readable = {
    size: async () => BigInt(whole.length),
    read: async (offset: bigint, size: bigint) => new Uint8Array(whole.subarray(Number(offset), Number(offset + size))),
  };
  const { chunkIndexes } = await McapIndexedReader.Initialize({ readable });
  return chunkIndexes.map(({ chunkStartOffset, chunkLength }) => ({
    from: Number(chunkStartOffset),
    to: Number(chunkStartOffset + chunkLength),
  }));
}

test("what was appended is read back from any sequence, across files and openings", async () => {
  await written(20, { segmentBytes: 700 });
  const log = open({ segmentBytes: 700 });
  expect(log.next).toBe(20);
  expect(log.last).toMatchObject({ sequence: 19, timeNs: 19_000n });
  expect(textOf(log.last!.messages[0]!.body)).toBe("step 19");
  append(log, 20);
  expect(segments().length).toBeGreaterThan(4);
  for (let from = 0; from <= 21; from++) expect(read(log, from)).toEqual(expected(from, 21));
  await log.close();
});

test("a reader that rests goes on with what was appended meanwhile, across chunks that grew and files that were finished", async () => {
  const log = open({ chunkBytes: 200, segmentBytes: 2000 });
  append(log, 0);
  const reader = log.read(0);
  for (let i = 0; i < 200; i++) {
    expect(reader.next().value).toMatchObject({ sequence: i });
    append(log, i + 1);
    if (i % 3 > 0) log.flush();
    if (i % 20 === 0) await log.sync();
    if (i % 3 === 0) log.flush();
  }
  expect(segments().length).toBeGreaterThan(3);
  await log.close();
});

test("the messages of one moment stay together, on their channels", async () => {
  const log = open();
  const messages = [
    { channel: 1, body: Uint8Array.of(1) },
    { channel: 2, body: Uint8Array.of(2, 3) },
  ];
  log.append(2 ** 33 - 1, 5n, messages);
  log.append(2 ** 33 + 7, 6n, messages);
  log.flush();
  const plain = () =>
    [...log.read(0)].map((entry) => ({
      ...entry,
      messages: entry.messages.map(({ channel, body }) => [channel, ...body]),
    }));
  const each = [
    [1, 1],
    [2, 2, 3],
  ];
  expect(plain()).toEqual([
    { sequence: 2 ** 33 - 1, timeNs: 5n, messages: each },
    { sequence: 2 ** 33 + 7, timeNs: 6n, messages: each },
  ]);
  await log.close();
  expect((await verifyFile(pathOf(0))).topics).toEqual({ "/text": 2, "/beside": 2 });
  expect(open().next).toBe(2 ** 33 + 8);
});

test("a file cut at any byte gives every whole chunk before the cut, says so once, is finished, and the log goes on", async () => {
  const { path, bytes, ends } = await crashed(2);
  const head = ends[0]! - 120;
  for (let cut = 0; cut < bytes.length; cut += cut < head ? 53 : 1) {
    fs.writeFileSync(path, bytes.subarray(0, cut));
    const lines: string[] = [];
    const log = open({ report: (line) => lines.push(line) });
    const kept = ends.filter((end) => end <= cut).length;
    expect(log.next).toBe(kept);
    expect(lines.length).toBeLessThanOrEqual(1);
    if (lines.length > 0) expect(lines[0]).toMatch(/dropped a torn tail of \d+ bytes after byte \d+/);
    append(log, kept);
    expect(read(log)).toEqual(expected(0, kept + 1));
    await log.close();
    expect((await verifyFile(pathOf(0))).messages).toBe(kept === 0 ? 1 : kept);
    for (const name of segments()) fs.rmSync(join(directory, name));
  }
});

test("a crash of the computer costs at most what came after the last sync, wherever the disk stopped", async () => {
  const log = open({ chunkMs: 1e9 });
  for (let i = 0; i < 30; i++) append(log, i);
  await log.sync();
  const synced = fs.statSync(pathOf(0)).size;
  const path = pathOf(0);
  const older: Buffer[] = [];
  for (let i = 30; i < 40; i++) {
    append(log, i);
    log.flush();
    older.push(fs.readFileSync(path));
  }
  const newest = older.at(-1)!;
  await log.close();
  // The disk may have any pages of what was written since: cut anywhere, with a head that is newer than what follows.
  for (let cut = synced; cut <= newest.length; cut++) {
    const head = older[cut % older.length]!.subarray(0, cut);
    const torn = Buffer.concat([head, newest.subarray(head.length, cut)]);
    newest.copy(torn, synced, synced, Math.min(cut, synced + 49));
    fs.writeFileSync(path, torn);
    const again = open();
    expect(again.next).toBeGreaterThanOrEqual(30);
    expect(read(again)).toEqual(expected(0, again.next));
    await again.close();
  }
});

test("killed between any two writes, a log has all it called written", async () => {
  const { writeSync } = fs;
  let left = Number.POSITIVE_INFINITY;
  const write: RecordLogOptions["write"] = (...args) => {
    if (left-- <= 0) throw new Error("killed");
    return writeSync(...args);
  };
  for (let lives = 1; lives < 60; lives++) {
    fs.rmSync(directory, { recursive: true, force: true });
    left = lives;
    let written = 0;
    try {
      const log = open({ write, chunkBytes: 200, segmentBytes: 1000 });
      for (let i = 0; i < 40 && left > 0; i++) {
        append(log, i);
        log.flush();
        if (left > 0) written = log.written;
      }
    } catch {} // its head
    const log = open();
    expect(log.next).toBeGreaterThanOrEqual(written);
    expect(read(log)).toEqual(expected(0, log.next));
    await log.close();
  }
});

test("any damaged byte costs the chunk it is in and no other, and is reported", async () => {
  await written(6);
  const path = pathOf(0);
  const whole = fs.readFileSync(path);
  const chunks = await chunksOf(whole);
  const holds = async (at: number, flip: number): Promise<void> => {
    fs.writeFileSync(
      path,
      whole.map((byte, i) => (i === at ? byte ^ flip : byte)),
    );
    const lines: string[] = [];
    const log = open({ report: (line) => lines.push(line) });
    // The times in a chunk's head tell nothing that its messages do not tell.
    const inChunk = chunks.findIndex(({ from, to }) => at >= from && at < to && (at < from + 9 || at >= from + 25));
    expect(read(log)).toEqual(expected(0, 6).filter(([sequence]) => sequence !== inChunk));
    if (inChunk >= 0) expect(lines.join()).toMatch(/skipped damage from byte \d+ to \d+/);
    await log.close();
    for (const name of segments()) fs.rmSync(join(directory, name));
  };
  await fc.assert(fc.asyncProperty(fc.nat(whole.length - 1), fc.integer({ min: 1, max: 255 }), holds), {
    numRuns: draws(200),
  });
  // As any other record there is.
  for (let flip = 1; flip < 256; flip++) await holds(chunks[2]!.from, flip);
});

test("a chunk inside a payload is not believed", async () => {
  await written(2);
  const inside = fs.readFileSync(pathOf(0));
  for (const name of segments()) fs.rmSync(join(directory, name));
  const log = open();
  log.append(0, 0n, [{ channel: 1, body: inside }]);
  append(log, 1);
  await log.close();
  expect([...open().read(0)].map(({ sequence }) => sequence)).toEqual([0, 1]);
});

test("files wholly below a sequence are deleted, up to what is to be kept, and the count goes on after everything was", async () => {
  await written(10, { segmentBytes: 700 });
  const log = open({ segmentBytes: 700 });
  const all = segments().length;
  log.deleteBelow(5, log.bytes);
  expect(segments().length).toBe(all);
  log.deleteBelow(5);
  expect(segments().length).toBeLessThan(all);
  expect(log.first).toBeLessThanOrEqual(5);
  expect(read(log, 5)).toEqual(expected(5, 10));
  log.deleteBelow(10);
  expect(segments().length).toBe(1);
  await log.close();
  const again = open();
  expect(again.next).toBe(10);
  await again.close();
});

test("the oldest file can be given up, the newest too, and says which numbers went with it", async () => {
  await written(3, { segmentBytes: 1 });
  const log = open();
  append(log, 3);
  log.flush();
  append(log, 4);
  expect(log.deleteOldest()).toEqual([0]);
  expect(log.deleteOldest()).toEqual([1]);
  expect(log.deleteOldest()).toEqual([2]);
  expect(log.deleteOldest()).toEqual([3]);
  expect(log.deleteOldest()).toBeUndefined();
  expect(log.dropPending()).toEqual([4]);
  append(log, 5);
  expect(read(log)).toEqual([[5, "step 5"]]);
  await log.close();
});

test("a sequence that does not rise is refused, a jump is kept", async () => {
  const log = open();
  append(log, 3);
  expect(() => append(log, 3)).toThrow("expected sequence 4 or later, found 3");
  append(log, 9);
  expect(read(log)).toEqual([
    [3, "step 3"],
    [9, "step 9"],
  ]);
  await log.close();
});

test("a full disk is an error value, loses nothing and heals", async () => {
  let room = 1200;
  const log = open({
    chunkBytes: 100,
    write: (file, bytes, offset, length, position) => {
      if (room === 0) throw Object.assign(new Error("no space left on device"), { code: "ENOSPC" });
      const wrote = fs.writeSync(file, bytes, offset, Math.min(length, room), position);
      room -= wrote;
      return wrote;
    },
  });
  for (let i = 0; i < 15; i++) append(log, i);
  expect(log.flush()).toMatchObject({ code: "ENOSPC" });
  expect(await log.sync()).toMatchObject({ code: "ENOSPC" });
  expect(log.pendingBytes).toBeGreaterThan(0);
  expect(log.written).toBeGreaterThan(2);
  expect(log.written).toBeLessThan(15);
  expect(read(log)).toEqual(expected(0, 15));
  room = 10_000;
  expect(log.flush()).toBeUndefined();
  expect(log.pendingBytes).toBe(0);
  await log.close();
  expect(read(open())).toEqual(expected(0, 15));
  expect((await verifyFile(pathOf(0))).messages).toBe(15);
});

test("a file is finished when it is old", async () => {
  let now = 0;
  const log = open({ segmentMs: 1000, nowMs: () => now });
  append(log, 0);
  log.flush();
  now = 1000;
  append(log, 1);
  log.flush();
  expect(segments().length).toBe(2);
  expect(await verifyFile(pathOf(0))).toMatchObject({ messages: 1, chunks: 1 });
  await log.close();
});

test("finished, a file says when, what it belongs to, and is read back; one that does not come back whole is reported", async () => {
  const lines: string[] = [];
  const data = Buffer.from("{}");
  const log = open({
    segmentBytes: 1,
    report: (line) => lines.push(line),
    heading: () => ({
      attachments: [{ name: "config.json", mediaType: "application/json", data }],
      metadata: [{ name: "run", values: { robot: "arm" } }],
    }),
  });
  append(log, 7);
  append(log, 9);
  log.flush();
  append(log, 10);
  log.flush();
  expect(await verifyFile(pathOf(0))).toMatchObject({
    messages: 2,
    topics: { "/text": 2 },
    startNs: 7000n,
    endNs: 9000n,
    attachments: ["config.json"],
    metadata: { run: { robot: "arm" } },
  });
  expect(lines).toEqual([]);
  const bytes = fs.readFileSync(pathOf(-1));
  await log.close();
  expect(lines).toEqual([]);
  fs.writeFileSync(pathOf(-1), bytes);
  await expect(verifyFile(pathOf(-1))).rejects.toThrow(/expected a whole MCAP file, found/);
});

test("a log of before MCAP is refused with what to do", () => {
  fs.writeFileSync(join(directory, "0000000000000000.log"), "");
  expect(() => open()).toThrow(/expected MCAP files, found 0000000000000000.log .* begin another run/);
});
